@echo off
rem The godwit command for Windows: starts Java with the jar beside this file.
rem   JAVA_HOME    the Java to use, 17 or newer; else the one of this package if it has one, or the one on the PATH
rem   GODWIT_OPTS  further options for Java, such as -Xmx2g
setlocal
set "GODWIT_ROOT=%~dp0.."
set "GODWIT_JAVA=java.exe"
if exist "%GODWIT_ROOT%\runtime\bin\java.exe" set "GODWIT_JAVA=%GODWIT_ROOT%\runtime\bin\java.exe"
if defined JAVA_HOME set "GODWIT_JAVA=%JAVA_HOME%\bin\java.exe"
if not exist "%GODWIT_ROOT%\lib\godwit.jar" (
    echo godwit: there is no %GODWIT_ROOT%\lib\godwit.jar. 1>&2
    exit /b 70
)
"%GODWIT_JAVA%" -version >nul 2>&1
if errorlevel 1 (
    echo godwit: %GODWIT_JAVA% does not start. Install a Java, 17 or newer, or set JAVA_HOME to one. 1>&2
    exit /b 70
)
set "GODWIT_COMPILER=-XX:TieredStopAtLevel=1"
if "%~1"=="bench" set "GODWIT_COMPILER=-XX:+TieredCompilation"
"%GODWIT_JAVA%" -XX:+IgnoreUnrecognizedVMOptions -XX:-UsePerfData %GODWIT_COMPILER% -XX:+UseSerialGC -Xshare:auto -Xlog:disable -XX:+DisplayVMOutputToStderr --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dfile.encoding=UTF-8 %GODWIT_OPTS% -cp "%GODWIT_ROOT%\lib\godwit.jar" io.godwit.cli.Main %*
exit /b %ERRORLEVEL%
