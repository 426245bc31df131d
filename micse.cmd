@echo off
rem Builds the command line when there is no build or the sources are newer than it, then runs it.
setlocal
set "MICSE_ROOT=%~dp0"
set "MICSE_PROGRAM=%MICSE_ROOT%artifacts\bin\MiCse.Cli\release\MiCse.Cli.dll"

powershell -NoProfile -Command ^
  "$built = Get-Item -LiteralPath ($env:MICSE_ROOT + 'artifacts\micse.built') -ErrorAction SilentlyContinue;" ^
  "if (-not $built -or -not (Test-Path -LiteralPath $env:MICSE_PROGRAM)) { exit 1 };" ^
  "$sources = @(Get-ChildItem -LiteralPath ($env:MICSE_ROOT + 'src') -Recurse) + @(Get-ChildItem -Path ($env:MICSE_ROOT + '*') -Include 'Directory.*.props', 'global.json');" ^
  "if ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built.LastWriteTimeUtc } | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto run

where /q dotnet
if errorlevel 1 (
  echo micse: needs the .NET 10 SDK, and there is no dotnet command on the PATH. 1>&2
  exit /b 1
)
echo micse: building first, which takes a minute ... 1>&2
if not exist "%MICSE_ROOT%artifacts" mkdir "%MICSE_ROOT%artifacts"
rem A source that changes during the build is newer than this file.
type nul > "%MICSE_ROOT%artifacts\micse.started"
dotnet build "%MICSE_ROOT%src\MiCse.Cli\MiCse.Cli.csproj" --configuration Release --nologo --verbosity quiet 1>&2
if errorlevel 1 (
  echo micse: the build failed. 1>&2
  exit /b 1
)
move /y "%MICSE_ROOT%artifacts\micse.started" "%MICSE_ROOT%artifacts\micse.built" >nul

:run
dotnet "%MICSE_PROGRAM%" %*
exit /b %errorlevel%
