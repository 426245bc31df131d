"""Time from a command to its answer: several programs in turn, medians, as multiples of `dotnet hello.dll` in the same run.

  dotnet new console -o ../hello && dotnet build ../hello -c Release
  python3 bench/ColdStart/cold-start.py --runs 9 --hello ../hello/bin/Release/net10.0/hello.dll \
      --micse "now=artifacts/bin/MiCse.Cli/release/MiCse.Cli.dll" --micse "before=../before/artifacts/bin/MiCse.Cli/release/MiCse.Cli.dll" \
      --program "aot=artifacts/aot/NativeAot"

Files are in the page cache: the first round is not counted. Processor time is that of the process and its threads.
"""
import argparse
import resource
import statistics
import subprocess
import time

TEXTS = ["A man is playing a guitar.", "Someone plays an instrument."]


def run(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--hello", required=True)
    options.add_argument("--micse", action="append", default=[], help="name=MiCse.Cli.dll")
    options.add_argument("--script", action="append", default=[], help="name=the script micse")
    options.add_argument("--program", action="append", default=[], help="name=a program that takes two texts")
    given = options.parse_args()
    commands = {"dotnet hello.dll": ["dotnet", given.hello]}
    for kind, start, verb in ((given.micse, ["dotnet"], ["similarity"]), (given.script, [], ["similarity"]), (given.program, [], [])):
        for entry in kind:
            name, _, path = entry.partition("=")
            commands[name] = start + [path] + verb + TEXTS

    results = {name: [] for name in commands}
    for round in range(given.runs + 1):
        for name, command in commands.items():
            measured = run(command)
            if round > 0:
                results[name].append(measured)

    median = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
    base = median["dotnet hello.dll"]
    print("| program | time, ms | times hello | processor time, ms | times hello |\n|---|---|---|---|---|")
    for name, (wall, used) in median.items():
        print(f"| {name} | {wall * 1000:.0f} | {wall / base[0]:.2f} | {used * 1000:.0f} | {used / base[1]:.2f} |")


main()
