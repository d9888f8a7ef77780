"""A Modbus slave by pymodbus, with registers as told in JSON: {"slaves": {"1": {"input": {"1": 305}, "holding": {}}}}.

usage: pymodbus-slave.py rtu PATH JSON | tcp PORT JSON
"""
import json
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer


def block(registers):
    values = {int(address): value for address, value in registers.items()}
    return ModbusSparseDataBlock(values or {0: 0})


kind, place, text = sys.argv[1:4]
slaves = {
    int(address): ModbusSlaveContext(
        ir=block(tables.get("input", {})), hr=block(tables.get("holding", {})), zero_mode=True
    )
    for address, tables in json.loads(text)["slaves"].items()
}
context = ModbusServerContext(slaves=slaves, single=False)
if kind == "rtu":
    StartSerialServer(context=context, framer=ModbusRtuFramer, port=place, baudrate=9600, ignore_missing_slaves=True)
else:
    StartTcpServer(
        context=context,
        framer=ModbusSocketFramer,
        address=("127.0.0.1", int(place)),
        allow_reuse_address=True,
        ignore_missing_slaves=True,
    )
