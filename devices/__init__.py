"""Adapters to hardware: scanners, cameras, decoders, printers, behind the ports of `app.ports`."""
