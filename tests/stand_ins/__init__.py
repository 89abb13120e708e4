"""Local stand-ins for everything remote: real sockets, real HTTP, faults on command."""
