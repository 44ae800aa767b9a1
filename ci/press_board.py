"""A board in QEMU that `ipgap board` knows by its line alone: starts it, runs a command, presses the button meanwhile.

    press_board.py FIRMWARE.elf SERIAL_SOCKET COMMAND...
"""
import re, socket, subprocess, sys, time

elf, serial, command = sys.argv[1], sys.argv[2], sys.argv[3:]


def listener(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(1)
    return s


tests, monitors = listener(serial + ".qtest"), listener(serial + ".hmp")
board = subprocess.Popen(
    ["qemu-system-arm", "-M", "lm3s6965evb", "-kernel", elf, "-display", "none",
     "-chardev", "socket,id=s,server=on,wait=off,path=" + serial, "-serial", "chardev:s",
     "-chardev", "socket,id=qtest,path=" + serial + ".qtest", "-qtest", "chardev:qtest", "-qtest-log", "/dev/null",
     "-chardev", "socket,id=m,path=" + serial + ".hmp", "-mon", "chardev=m"],
    stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
try:
    tests.settimeout(10)
    monitors.settimeout(10)
    qtest, monitor = tests.accept()[0], monitors.accept()[0]
    monitor.settimeout(10)
    monitor.sendall(b"info qom-tree\n")
    tree = ""
    while tree.count("(qemu)") < 2:
        tree += monitor.recv(65536).decode()
    ports = sorted(int(n) for n in re.findall(r"device\[(\d+)\] \(pl061", tree))
    run = subprocess.Popen(command)
    time.sleep(1)
    for level in (1, 0):
        qtest.sendall(b"set_irq_in /machine/unattached/device[%d] unnamed-gpio-in 1 %d\n" % (ports[3], level))
        time.sleep(0.25)
    status = run.wait()
finally:
    board.kill()
    board.wait()
sys.exit(status)
