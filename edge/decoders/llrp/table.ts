import { type Definition, definition } from './definition.ts'

/** Parameters by type (LLRP 1.1 clause "parameter encodings"; 1.0.1 has a part of them, encoded alike). */
export const parameterDefinitions: ReadonlyMap<number, Definition> = table(`
1 AntennaID AntennaID:16
2 FirstSeenUTC Microseconds:64
3 FirstSeenUptime Microseconds:64
4 LastSeenUTC Microseconds:64
5 LastSeenUptime Microseconds:64
6 PeakRSSI PeakRSSI:signed8
7 ChannelIndex ChannelIndex:16
8 TagSeenCount TagCount:16
9 ROSpecID ROSpecID:32
10 InventoryParameterSpecID InventoryParameterSpecID:16
11 C1G2CRC CRC:16
12 C1G2PC PC:16
13 EPC96 EPC:epc96
14 SpecIndex SpecIndex:16
15 ClientRequestOpSpecResult OpSpecID:16
16 AccessSpecID AccessSpecID:32
17 OpSpecID OpSpecID:16
18 C1G2SingulationDetails NumCollisionSlots:16 NumEmptySlots:16
19 C1G2XPCW1 XPCW1:16
20 C1G2XPCW2 XPCW2:16
128 UTCTimestamp Microseconds:64
129 Uptime Microseconds:64
137 GeneralDeviceCapabilities MaxSupportedAntennas:16 CanSetAntennaProperties:flag HasUTCClock:flag Reserved:14 DeviceManufacturer:32 Model:32 FirmwareVersion:text
139 ReceiveSensitivityTableEntry Index:16 ReceiveSensitivity:signed16
140 PerAntennaAirProtocol AntennaID:16 AirProtocolIDs:bytes
141 GPIOCapabilities NumGPIs:16 NumGPOs:16
142 LLRPCapabilities CanDoRFSurvey:flag CanReportBufferFillWarning:flag SupportsClientRequestOpSpec:flag CanDoTagInventoryStateAwareSingulation:flag SupportsEventsAndReportHolding:flag Reserved:3 MaxPriorityLevelSupported:8 ClientRequestedOpSpecTimeout:16 MaxROSpecs:32 MaxSpecsPerROSpec:32 MaxInventoryParameterSpecsPerAISpec:32 MaxAccessSpecs:32 MaxOpSpecsPerAccessSpec:32
143 RegulatoryCapabilities CountryCode:16 CommunicationsStandard:16
144 UHFBandCapabilities
145 TransmitPowerLevelTableEntry Index:16 TransmitPowerValue:signed16
146 FrequencyInformation Hopping:flag Reserved:7
147 FrequencyHopTable HopTableID:8 Reserved:8 Frequencies:numbers32
148 FixedFrequencyTable Frequencies:numbers32
149 PerAntennaReceiveSensitivityRange AntennaID:16 ReceiveSensitivityIndexMin:16 ReceiveSensitivityIndexMax:16
177 ROSpec ROSpecID:32 Priority:8 CurrentState:8
178 ROBoundarySpec
179 ROSpecStartTrigger Trigger:8
180 PeriodicTriggerValue Offset:32 Period:32
181 GPITriggerValue Port:16 Event:flag Reserved:7 Timeout:32
182 ROSpecStopTrigger Trigger:8 DurationTriggerValue:32
183 AISpec AntennaIDs:numbers16
184 AISpecStopTrigger Trigger:8 DurationTriggerValue:32
185 TagObservationTrigger Trigger:8 Reserved:8 NumberOfTags:16 NumberOfAttempts:16 T:16 Timeout:32
186 InventoryParameterSpec InventoryParameterSpecID:16 AirProtocolID:8
187 RFSurveySpec AntennaID:16 StartFrequency:32 EndFrequency:32
188 RFSurveySpecStopTrigger Trigger:8 Duration:32 N:32
207 AccessSpec AccessSpecID:32 AntennaID:16 AirProtocolID:8 IsActive:flag Reserved:7 ROSpecID:32
208 AccessSpecStopTrigger Trigger:8 OperationCountValue:16
209 AccessCommand
210 ClientRequestOpSpec OpSpecID:16
211 ClientRequestResponse AccessSpecID:32
217 LLRPConfigurationStateValue Value:32
218 Identification IDType:8 ReaderID:bytes
219 GPOWriteData Port:16 Data:flag Reserved:7
220 KeepaliveSpec Trigger:8 Interval:32
221 AntennaProperties AntennaConnected:flag Reserved:7 AntennaID:16 AntennaGain:signed16
222 AntennaConfiguration AntennaID:16
223 RFReceiver ReceiverSensitivity:16
224 RFTransmitter HopTableID:16 ChannelIndex:16 TransmitPowerIndex:16
225 GPIPortCurrentState Port:16 Enabled:flag Reserved:7 State:8
226 EventsAndReports HoldEventsAndReportsUponReconnect:flag Reserved:7
237 ROReportSpec Trigger:8 N:16
238 TagReportContentSelector EnableROSpecID:flag EnableSpecIndex:flag EnableInventoryParamSpecID:flag EnableAntennaID:flag EnableChannelIndex:flag EnablePeakRSSI:flag EnableFirstSeenTimestamp:flag EnableLastSeenTimestamp:flag EnableTagSeenCount:flag EnableAccessSpecID:flag Reserved:6
239 AccessReportSpec Trigger:8
240 TagReportData
241 EPCData EPC:bits
242 RFSurveyReportData
243 FrequencyRSSILevelEntry Frequency:32 Bandwidth:32 AverageRSSI:signed8 PeakRSSI:signed8
244 ReaderEventNotificationSpec
245 EventNotificationState ReaderEventType:16 NotificationEnabled:flag Reserved:7
246 ReaderEventNotificationData
247 HoppingEvent HopTableID:16 NextChannelIndex:16
248 GPIEvent Port:16 Event:flag Reserved:7
249 ROSpecEvent Event:8 ROSpecID:32 PreemptingROSpecID:32
250 ReportBufferLevelWarningEvent PercentFull:8
251 ReportBufferOverflowErrorEvent
252 ReaderExceptionEvent Message:text
253 RFSurveyEvent Event:8 ROSpecID:32 SpecIndex:16
254 AISpecEvent Event:8 ROSpecID:32 SpecIndex:16
255 AntennaEvent Event:8 AntennaID:16
256 ConnectionAttemptEvent Status:16
257 ConnectionCloseEvent
287 LLRPStatus Status:16 ErrorDescription:text
288 FieldError FieldIndex:16 ErrorCode:16
289 ParameterError ParameterType:16 ErrorCode:16
327 C1G2LLRPCapabilities SupportsBlockErase:flag SupportsBlockWrite:flag SupportsBlockPermalock:flag SupportsTagRecommissioning:flag SupportsUMIMethod2:flag SupportsXPC:flag Reserved:2 MaxSelectFiltersPerQuery:16
328 UHFC1G2RFModeTable
329 UHFC1G2RFModeTableEntry ModeID:32 DivideRatio:1 IsEPCHagConformant:flag Reserved:6 Modulation:8 ForwardLinkModulation:8 SpectralMask:8 BackscatterDataRate:32 PIERatio:32 MinTariTime:32 MaxTariTime:32 StepTariTime:32
330 C1G2InventoryCommand TagInventoryStateAware:flag Reserved:7
331 C1G2Filter TruncateAction:2 Reserved:6
332 C1G2TagInventoryMask MemoryBank:2 Reserved:6 Pointer:16 TagMask:bits
333 C1G2TagInventoryStateAwareFilterAction Target:8 Action:8
334 C1G2TagInventoryStateUnawareFilterAction Action:8
335 C1G2RFControl RFModeID:16 Tari:16
336 C1G2SingulationControl Session:2 Reserved:6 TagPopulation:16 TagTransitTime:32
337 C1G2TagInventoryStateAwareSingulationAction InventoryState:1 Selected:1 Reserved:6
338 C1G2TagSpec
339 C1G2TargetTag MemoryBank:2 Match:flag Reserved:5 Pointer:16 TagMask:bits TagData:bits
341 C1G2Read OpSpecID:16 AccessPassword:32 MemoryBank:2 Reserved:6 WordAddress:16 WordCount:16
342 C1G2Write OpSpecID:16 AccessPassword:32 MemoryBank:2 Reserved:6 WordAddress:16 Data:numbers16
347 C1G2BlockWrite OpSpecID:16 AccessPassword:32 MemoryBank:2 Reserved:6 WordAddress:16 Data:numbers16
348 C1G2EPCMemorySelector EnableCRC:flag EnablePC:flag EnableXPC:flag Reserved:5
349 C1G2ReadOpSpecResult Result:8 OpSpecID:16 Data:numbers16
350 C1G2WriteOpSpecResult Result:8 OpSpecID:16 WordsWritten:16
354 C1G2BlockWriteOpSpecResult Result:8 OpSpecID:16 WordsWritten:16
355 LoopSpec LoopCount:32
356 SpecLoopEvent ROSpecID:32 LoopCount:32
363 MaximumReceiveSensitivity MaxSensitivity:signed16
365 RFSurveyFrequencyCapabilities MinFrequency:32 MaxFrequency:32
1023 Custom VendorID:32 Subtype:32 Data:rest
`)

/**
 * Customs of Impinj (PEN 25882) by subtype: phase in 1/4096 turn, power in 0.01 dBm, Doppler shift in 1/16 Hz; and what
 * asks for them in a ROReportSpec.
 */
export const impinjDefinitions: ReadonlyMap<number, Definition> = table(`
50 ImpinjTagReportContentSelector VendorID:32 Subtype:32
52 ImpinjEnableRFPhaseAngle VendorID:32 Subtype:32 RFPhaseAngleMode:16
53 ImpinjEnablePeakRSSI VendorID:32 Subtype:32 PeakRSSIMode:16
56 ImpinjRFPhaseAngle VendorID:32 Subtype:32 PhaseAngle:16
57 ImpinjPeakRSSI VendorID:32 Subtype:32 RSSI:signed16
67 ImpinjEnableRFDopplerFrequency VendorID:32 Subtype:32 RFDopplerFrequencyMode:16
68 ImpinjRFDopplerFrequency VendorID:32 Subtype:32 DopplerFrequency:signed16
`)
export const impinjVendor = 25882

/** Messages by type (LLRP 1.1 clause "message encodings"). What is not named here is kept as bytes. */
export const messageDefinitions: ReadonlyMap<number, Definition> = table(`
1 GET_READER_CAPABILITIES RequestedData:8
2 GET_READER_CONFIG AntennaID:16 RequestedData:8 GPIPortNum:16 GPOPortNum:16
3 SET_READER_CONFIG ResetToFactoryDefault:flag Reserved:7
4 CLOSE_CONNECTION_RESPONSE
11 GET_READER_CAPABILITIES_RESPONSE
12 GET_READER_CONFIG_RESPONSE
13 SET_READER_CONFIG_RESPONSE
14 CLOSE_CONNECTION
20 ADD_ROSPEC
21 DELETE_ROSPEC ROSpecID:32
22 START_ROSPEC ROSpecID:32
23 STOP_ROSPEC ROSpecID:32
24 ENABLE_ROSPEC ROSpecID:32
25 DISABLE_ROSPEC ROSpecID:32
26 GET_ROSPECS
30 ADD_ROSPEC_RESPONSE
31 DELETE_ROSPEC_RESPONSE
32 START_ROSPEC_RESPONSE
33 STOP_ROSPEC_RESPONSE
34 ENABLE_ROSPEC_RESPONSE
35 DISABLE_ROSPEC_RESPONSE
36 GET_ROSPECS_RESPONSE
40 ADD_ACCESSSPEC
41 DELETE_ACCESSSPEC AccessSpecID:32
42 ENABLE_ACCESSSPEC AccessSpecID:32
43 DISABLE_ACCESSSPEC AccessSpecID:32
44 GET_ACCESSSPECS
46 GET_SUPPORTED_VERSION
47 SET_PROTOCOL_VERSION ProtocolVersion:8
50 ADD_ACCESSSPEC_RESPONSE
51 DELETE_ACCESSSPEC_RESPONSE
52 ENABLE_ACCESSSPEC_RESPONSE
53 DISABLE_ACCESSSPEC_RESPONSE
54 GET_ACCESSSPECS_RESPONSE
56 GET_SUPPORTED_VERSION_RESPONSE CurrentVersion:8 SupportedVersion:8
57 SET_PROTOCOL_VERSION_RESPONSE
60 GET_REPORT
61 RO_ACCESS_REPORT
62 KEEPALIVE
63 READER_EVENT_NOTIFICATION
64 ENABLE_EVENTS_AND_REPORTS
72 KEEPALIVE_ACK
100 ERROR_MESSAGE
1023 CUSTOM_MESSAGE VendorID:32 Subtype:8 Data:rest
`)

function table(lines: string): ReadonlyMap<number, Definition> {
  return new Map(lines.trim().split('\n').map(definition))
}
