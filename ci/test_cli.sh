#!/bin/sh
# `ipgap test`, `crc`, `settings`, `contacts`, `events` from outside: options, exit codes, messages.
#   test_cli.sh IPGAP
set -u
ipgap=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
good=0 bad=0

# try NAME EXIT_STATUS PATTERN COMMAND...: status and output (both streams) must fit
try() {
	name=$1 want=$2 pattern=$3
	shift 3
	"$@" > out.txt 2>&1 < /dev/null
	got=$?
	if [ $got = "$want" ] && grep -qE -- "$pattern" out.txt; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "FAIL  $name: exit $got (want $want), output should fit /$pattern/:"
		sed 's/^/      /' out.txt | head -n 20
	fi
}

cat > two.lua <<'LUA'
scenario("passes", {req = {"SCN-01"}}, function(t) t:wait(1) end)
scenario("also passes", function(t) t:equal(1, 1) end)
LUA
cat > fails.lua <<'LUA'
scenario("fails", {req = "SUP-20"}, function(t)
  local rx = t:receiver{}
  rx:expect_call{within = 1, from = "nobody"}
end)
LUA
echo 'scenario("broken", function(t) local x = nil; x.y = 1 end)' > broken.lua
echo 'this is no Lua' > syntax.lua
echo 'scenario("loop", function(t) while true do end end)' > loop.lua
echo 'scenario("option", function(t) local r = t:receiver{}; r:expect_call{whithin = 1} end)' > option.lua
echo 'scenario("setting", function(t) t:door{["relay1.hold_s"] = 99} end)' > setting.lua
echo 'scenario("key", function(t) t:door{["relay1.hold"] = 9} end)' > key.lua
echo 'scenario("skips", function(t) t:skip("no reason") end)' > skips.lua
echo 'scenario("stuck", {timeout = 5}, function(t) while true do t:wait(1) end end)' > stuck.lua
echo 'scenario("crash", function(t) os.exit(3) end)' > crash.lua
printf 'local t0\nscenario("spawned", function(t) t:spawn(function() t:wait(1) t:fail("from beside") end) end)\n' > spawned.lua

echo 'scenario("card", {fault = "lost & found", should = "be", group = "g"}, function(t) end)' > card.lua
echo 'scenario("call", function(t) local d = t:caller(); d:dial(t:receiver_under_test()); d:expect_answer{within = 1} end)' > call.lua
echo 'return {answer = 42}' > part.inc
echo 'local p = include("part.inc"); scenario("included", function(t) t:equal(p.answer, 42); t:ok(#codecs() > 0) end)' > include.lua

try "two pass"            0 '^2 passed, 0 failed$'            "$ipgap" test two.lua
try "last line"           0 '^2 passed, 0 failed$'            sh -c "'$ipgap' test two.lua | tail -n 1"
try "one fails"           1 'fails.lua:3: expected a call to receiver with from = "nobody"' "$ipgap" test fails.lua
try "its folder"          1 'ipgap-failures/fails-1/ladder.html' "$ipgap" test fails.lua
try "folder's files"      0 'scenario.lua'                    ls ipgap-failures/fails-1
try "replays"             1 '0 passed, 1 failed'              "$ipgap" test --seed 1 --filter '=fails' fails.lua
try "error has its line"  1 'broken.lua:1: .*nil value'       "$ipgap" test broken.lua
try "syntax error"        2 'syntax.lua:1:'                   "$ipgap" test syntax.lua
try "no such file"        2 'missing.lua: No such file'       "$ipgap" test missing.lua
try "endless loop"        1 'endless loop'                    "$ipgap" test --timeout 1 loop.lua
try "crash is one failure" 1 'exit status 3'                  "$ipgap" test crash.lua
try "time up"             1 "the scenario's time is up"       "$ipgap" test stuck.lua
try "spawned failure"     1 'from beside'                     "$ipgap" test spawned.lua
try "unknown option name" 1 'no option "whithin"; there are from, within' "$ipgap" test option.lua
try "bad setting"         1 '1\.\.25 s'                       "$ipgap" test setting.lua
try "unknown setting"     1 'relay1.hold_s'                   "$ipgap" test key.lua
try "skip"                0 '^0 passed, 0 failed, 1 skipped$' "$ipgap" test skips.lua
try "list"                0 'two.lua:1: passes  \[SCN-01\]'   "$ipgap" test --list two.lua
try "filter by id"        0 '^1 passed, 0 failed$'            "$ipgap" test --filter SCN-01 two.lua
try "filter without hit"  2 'ipgap test --list'               "$ipgap" test --filter nothing two.lua
try "shard"               0 '^1 passed, 0 failed$'            "$ipgap" test --shard 2/2 two.lua
try "bad shard"           2 '1 <= I <= N'                     "$ipgap" test --shard 3/2 two.lua
try "repeat"              0 '^10 passed, 0 failed$'           "$ipgap" test --repeat 5 --jobs 2 two.lua
try "bad seed"            2 'whole number'                    "$ipgap" test --seed x two.lua
try "bad clock"           2 'virtual or real'                 "$ipgap" test --clock fast two.lua
try "junit"               0 '2 passed'                        "$ipgap" test --junit j.xml two.lua
try "junit file"          0 '<testsuite name="ipgap" tests="2" failures="0"' cat j.xml
try "junit of a failure"  1 '0 passed, 1 failed'              "$ipgap" test --junit f.xml fails.lua
try "junit failure text"  0 '<failure message="fails.lua:3: expected a call' cat f.xml
try "tap"                 0 '^ok [12] - passes'                  "$ipgap" test --tap two.lua
cat > busy.lua <<'EOF'
local marker = "busy.marker"
local function first() local f = io.open(marker) if f then f:close() else io.open(marker, "w"):close() end return not f end
scenario("disturbed", {clock = "real"}, function(t) if first() then t:fail("busy <now>") end end)
scenario("goes on", {clock = "real"}, function(t) t:wait(0.1) end)
EOF
busy="$ipgap test --clock real --jobs 2 --keep kept busy.lua"
try "alone"               0 '^  alone only  disturbed .*: busy <now>'  $busy --junit busy.xml
try "alone, counted"      0 '^2 passed, 0 failed, 1 passed alone only' sh -c "rm busy.marker; $busy"
try "alone, in JUnit"     0 '<flakyFailure message=".*busy &lt;now&gt;' cat busy.xml
try "alone, TAP"          0 '^ok 2 - disturbed'                        sh -c "rm busy.marker; $busy --tap"
try "alone, off"          1 '^1 passed, 1 failed'                      sh -c "rm busy.marker; $busy --alone 0"
try "alone, bad number"   2 '"-1": 0 to 1000'                          "$ipgap" test --alone -1 busy.lua
try "tap failure"         1 '^not ok 1 - fails'               "$ipgap" test --tap fails.lua
try "new"                 0 'first.lua is written'            "$ipgap" test --new first
try "new runs"            0 '^1 passed, 0 failed$'            "$ipgap" test first.lua
try "new overwrites not"  1 'exists already'                  "$ipgap" test --new first
try "real clock"          0 '^2 passed, 0 failed$'            "$ipgap" test --clock real two.lua
try "scorecard"           0 '^1 passed, 0 failed$'            "$ipgap" test --scorecard s.html card.lua
try "scorecard's line"    0 'lost &amp; found'                cat s.html
try "scorecard unwritten" 1 'nowhere/s.html: No such file'    "$ipgap" test --scorecard nowhere/s.html card.lua
try "bad receiver"        2 'sip:HOST or sip:USER@HOST:PORT'  "$ipgap" test --receiver 192.0.2.7 two.lua
try "bad plant"           2 "there is no fault 'frob'"        "$ipgap" test --plant frob two.lua
try "plant in another's"  2 'leave --receiver out'            "$ipgap" test --plant no-c --receiver sip:127.0.0.1 two.lua
try "bad crc"             2 'ipgap crc presets'               "$ipgap" test --crc frob two.lua
try "crc of ours"         2 'give --receiver too'             "$ipgap" test --crc smbus two.lua
try "nobody answers"      1 '1 failed'                        "$ipgap" test --receiver sip:127.0.0.1:1 call.lua
try "include"             0 '^1 passed, 0 failed$'            "$ipgap" test include.lua
try "help"                0 '^Usage: ipgap test'              "$ipgap" test --help
try "unknown option"      2 'help'                            "$ipgap" test --frobnicate
try "crc check"           0 .                                 "$ipgap" crc check 9810101000000000C097
try "crc check wrong"     1 .                                 "$ipgap" crc check 9810101000000000C098
try "crc compute"         0 '9811201123456789C173'            "$ipgap" crc 9811201123456789C
try "crc solve"           0 'smbus'                           "$ipgap" crc solve 9810101000000000C097 98101011C204
try "crc garbage"         1 'it should be 9, six digits'                                 "$ipgap" crc check hello
try "settings one"        0 'REL-02'                          "$ipgap" settings relay1.hold_s
try "settings unknown"    2 'relay1.hold_s'                   "$ipgap" settings relay1.hold
try "settings labels"     0 '^relay1.hold_s +1..25 s +5 +REL-02 REL-07 +Haltezeit Türöffner, Relais 1$' "$ipgap" settings --lang de
try "settings one in French" 0 'Temps de maintien'            "$ipgap" settings --lang fr relay1.hold_s
try "settings json in Spanish" 0 '"label":"Tiempo de pulsación","range":"100..5000 ms"' "$ipgap" settings --json --lang es door.press_ms
try "settings unknown in French" 2 'ce paramètre n.existe pas.*vouliez-vous dire relay1.hold_s' "$ipgap" settings --lang=fr relay1.hold
try "settings bad language" 2 '"it".*fr, en, de, es, pt'      "$ipgap" settings --lang it
try "settings no language" 2 '.--lang'                        "$ipgap" settings --lang
try "settings bad option" 2 'did you mean --lang'             "$ipgap" settings --langue
try "settings help"       0 'LANG'                            "$ipgap" settings --help
try "events"              0 '^call_out '                      "$ipgap" events
try "events in French"    0 '^call_out +Utilisation +Appel sortant$' "$ipgap" events --lang fr
try "events' fields"      0 '^    digit .Ziffer., via .Über.$' "$ipgap" events --lang de
try "events json in Portuguese" 0 '"event":"relay","class":"ouverture".*"label":"Relé","class_label":"Abertura da porta"' "$ipgap" events --json --lang pt
try "events bad language" 2 '"klingon".*fr, en, de, es, pt'    "$ipgap" events --lang klingon
try "events bad option"   2 'did you mean --lang'             "$ipgap" events --lng fr
try "events bad word"     2 '"call_out" is no option'         "$ipgap" events call_out
try "events help"         0 'LANG'                            "$ipgap" events --help
try "events always kept"  0 'Always kept'                     "$ipgap" events
# a door runs, and stops: what it kept is read without it
{ sleep 0.5; printf 'set door.installation "=B\303\274ro, 2"\nset events.network no\nlink off\nlink on\n'; sleep 0.3; echo quit; } |
	"$ipgap" run --headless --audio none --http off --https off --bind 127.0.0.1:0 --data kept > kept.txt 2>&1
kept() { "$ipgap" events --kept --data kept "$@"; }
try "kept"                0 '^[0-9-]+ [0-9:.]+ boot dip='     kept
try "kept last"           0 '^1 events$'                      kept -n 1
try "kept last is it"     0 'shutdown cause=quit'             kept -n 1
try "kept class"          0 '^0 events$'                      kept --class ouverture,audio
try "class off"           1 '^0$'                             sh -c "'$ipgap' events --kept --data kept 2> /dev/null | grep -c 'link up=no'"
try "class off is shown"  0 'link up=no'                      cat kept.txt
try "kept setting"        0 'setting key=events.network value=no' kept --class application
try "kept text"           0 '^1 events$'                      kept --text "\"=BÜRO"
try "kept csv"            0 '^[0-9]+,[0-9T:.-]+Z,application,setting,.*,door.installation,"""=Büro, 2"""' kept --csv --text büro
try "kept csv header"     0 '^seq,time,class,event,dip,'      kept --csv --text büro
try "kept json"           0 '^."seq":[0-9]+,.*"event":"boot",.*"class":"application".$' kept --json
try "kept since"          0 'boot'                            kept --since 5m
try "kept until"          0 '^0 events$'                      kept --until 2020-01-01T00:00:00Z
try "kept bad time"       2 '--since "2026-13-01" is no time' kept --since 2026-13-01
try "kept bad day"        2 '--until "2026-02-30" is no time' kept --until 2026-02-30
try "kept backwards"      2 '--until is before --since'       kept --since 1h --until 2h
try "kept bad class"      2 'there is no class "doors"; there are application' kept --class door,doors
try "kept bad number"     2 '-n "0" is no number'             kept -n 0
try "kept bad option"     2 'did you mean --class'            kept --clas door
try "kept nowhere"        1 'no kept events in nowhere/ipgap.sqlite: No such file' "$ipgap" events --kept --data nowhere
try "kept makes nothing"  2 'No such file'                    ls nowhere
try "kept full disk"      1 'could not be written'            sh -c "'$ipgap' events --kept --data kept > /dev/full"
try "kept help"           0 '--since T'                       "$ipgap" events --kept --help
printf 'number,surname\n101,"x\n' > broken.csv
printf 'Nom;Num\303\251ro\nL\303\251a;101\n=1+1;+33123456789\n' > french.csv
users() { echo "${password:-long-enough}" | "$ipgap" users "$@" --data who; }
try "users factory"       0 '^admin +admin  password of the factory: admin$' users
try "users add"           0 '^$'                              sh -c "echo long-enough | '$ipgap' users add bob --data who && echo"
try "users list"          0 '^bob +user$'                     users list
try "users twice"         1 'there is a user bob already'     users add bob
try "users bad login"     1 'is no login: 1 to 32 characters' users add "a b"
password=short
try "users short"         1 '8 to 128 bytes; give it on standard input' users add eve
password=
try "users last admin"    1 'admin is the last administrator' users remove admin
try "users role"          0 '^admin +admin  password'                    sh -c "'$ipgap' users role bob --role admin --data who && '$ipgap' users --data who"
try "users bad role"      2 '--role root: accepted are admin and user' users role bob --role root
try "users no such"       1 'there is no user eve'            users password eve
try "users word"          2 '"lst" is no command; there are list, add' users lst
try "users no login"      2 'remove needs a LOGIN'            users remove
try "users password"      0 '^admin +admin$'                  sh -c "echo correct-horse | '$ipgap' users password admin --data who && '$ipgap' users --data who"
try "users help"          0 'last administrator is neither|--role ROLE' users --help
book() { verb=$1; shift; "$ipgap" contacts "$verb" "$@" --data book; }
try "contacts add"        0 '^1 contacts, version 2$'         book add 192.168.0.22 --p2p yes --surname "Le Gardien"
try "contacts add at"     0 '^2 contacts, version 3$'         book add 101 --at 1 --account 2
try "contacts list"       0 '^   2  sip:192.168.0.22;p2p +Le Gardien$' book list
try "contacts list json"  0 '^."version":3,"contacts":\[."number":"101","account":"2","surname":"",' book list --json
try "contacts edit"       0 'version 4'                       book edit 1 --first-name=Zoe --account ""
try "contacts move"       0 'version 5'                       book move 1 2
try "contacts stale"      1 'at version 5, not 4; read them again' book remove 1 --version 4
try "contacts no place"   1 'there are 1 to 2'                book remove 3
try "contacts bad value"  1 'account "4": accepted: 1, 2, 3'  book add 1 --account 4
try "contacts bad number" 1 'number "a b"'                    book add "a b"
try "contacts bad option" 2 'did you mean --surname'          book add 1 --surnam x
try "contacts bad word"   2 'accepted: move N TO'             book move 1 x
try "contacts missing"    2 'accepted: remove N'              book remove
try "contacts bad verb"   2 'did you mean import'             book imports x
try "contacts broken"     1 'line 2, column 2: the quote is never closed' book import broken.csv
try "contacts no file"    1 'nowhere.csv cannot be read: No such file' book import nowhere.csv
try "contacts unchanged"  0 '^sip:192.168.0.22,,Le Gardien,,yes,' book export
try "contacts import"     0 '^2 contacts, version 6$'         book import french.csv
try "contacts formula"    0 "^'\+33123456789,,'=1\+1,,no,"    book export
try "contacts to a file"  0 '^2 contacts written$'            book export a.csv --separator ";" --bom
try "contacts from it"    0 'version 7'                       book import a.csv
try "contacts again"      0 '^2 contacts written$'            book export b.csv --separator ";" --bom
try "contacts same bytes" 0 '^$'                              sh -c 'cmp a.csv b.csv && echo'
try "contacts stdin"      0 'version 8'                       sh -c "printf 'number\n1\n' | '$ipgap' contacts import - --data book"
try "contacts unwritten"  1 'nowhere/x.csv cannot be written: No such file' book export nowhere/x.csv
try "contacts full disk"  1 'cannot be written: No space left' book export /dev/full
try "contacts help"       0 'a rescue contact'                book --help
try "unknown command"     2 'ipgap test'                      "$ipgap" tset
try "version"             0 '[0-9]\.[0-9]'                    "$ipgap" --version

echo "command line: $good passed, $bad failed"
[ $bad = 0 ]
