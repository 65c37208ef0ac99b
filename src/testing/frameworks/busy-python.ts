// What Python tests can spend time on: their own work, a program, waiting, and what describing a failure takes.

/** A module for projects whose tests' CPU times are told. */
export const busyPython = `
import subprocess, sys, time
def work():
    until = time.process_time() + 0.4
    while time.process_time() < until: pass
def start():
    program = "import time\\nwhile time.process_time() < 0.4: pass"
    subprocess.run([sys.executable, "-c", program], check=True)
def wait(): time.sleep(0.4)
class Tedious(Exception):
    def __str__(self):
        work()
        return "tedious"
`;
