"""One port on 65,536 addresses: accepts and closes as fast as one process can."""

import os
import select
import socket
import sys


def main(ports: list[int], processes: int) -> None:
    listeners = []
    for port in ports:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("", port))
        made.listen(65_535)
        made.setblocking(False)
        listeners.append(made)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    while True:
        for each in select.select(listeners, [], [])[0]:
            _accept(each)


def _accept(listener: socket.socket) -> None:
    """Take what waits; our FIN goes out at once, the other side's comes by itself."""
    try:
        for _ in range(1024):
            listener.accept()[0].close()
    except OSError:
        return


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1].split(",")], 1)
