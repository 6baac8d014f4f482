"""What people do: a command or a scan in, facts out, through the ports. Imports ports and the domain."""
