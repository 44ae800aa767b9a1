---@meta
-- The scenario library, for editors (LuaCATS) and for docs/scenarios.md, which is made from this file.
-- Times are seconds, levels dBm0, addresses "10.77.0.1:5060".  Every `expect_` waits, consumes what it
-- found, and on failure says what was expected, what came instead, when, and where in the script.

--- Declare a scenario.  Its name is a sentence; `req` lists the requirement ids it proves; `timeout` is its longest duration on the door's clock (default 3600 s); `clock` is "any" (default), "virtual" or "real"; `rig` is "any" (default), "sim" or "board".  With `fault` (what the field does) and `should` (what must follow) it is a line of `--scorecard`, in the section `group`.
---@param name string
---@param opts? {req?: string|string[], timeout?: number, clock?: string, rig?: string, fault?: string, should?: string, group?: string}
---@param fn fun(t: T)
function scenario(name, opts, fn) end

--- Options of all scenarios of this file that do not give their own, e.g. `defaults{clock = "virtual"}`; before the first one.
---@param opts {req?: string|string[], timeout?: number, clock?: string, rig?: string, fault?: string, should?: string, group?: string}
function defaults(opts) end

--- What another script beside this one returns: `local story = include("story.lua")`.
---@param name string
---@return any
function include(name) end

--- Names of all audio codecs, in the order of the setting `sip.codecs`.
---@return string[]
function codecs() end

--- # The scenario

---@class T
local T = {}

--- Make a door and boot it.  Every setting of `ipgap settings` may be given: `t:door{identity = "123456789", ["relay1.hold_s"] = 5}`.  It rings nobody until `button.day` names a contact.  In virtual time `nat` puts it behind a box; `ipv6 = true` gives it an IPv6 address, `dns` a name server to ask, and `directory` what stands in the place of an LDAP server, as directory_holds() takes it.
---@param opts? table<string, string|number|boolean|table>
---@return Door
function T:door(opts) end

--- Make a phone that the script drives by hand.  `transport` is how it sends and hears digits: "rfc4733" (default), "info", "inband" or "any"; `user` is the user part of its own URI; settings such as `["sip.codecs"] = "PCMU"` are allowed too.
--- With `pbx` and `user` it registers there as a door's account does, and calls by that account; `password` and `expires` are the user's own unless given.  `nat` and `ipv6` as of a door.
---@param opts? {name?: string, transport?: string, user?: string, pbx?: Pbx, password?: string, expires?: number, nat?: Nat, ipv6?: boolean}
---@return Phone
function T:phone(opts) end

--- Make a PBX: registrar with digest, proxy between its users (UDP), presence server. `users` are {["100"] = "password"}; `realm` is also its domain (default "pbx.test"); `challenge = false` asks for a password at REGISTER only; `min_expires` and `max_expires` bound registrations [s].
---@param opts {name?: string, users?: table<string, string>, realm?: string, challenge?: boolean, min_expires?: number, max_expires?: number, ipv6?: boolean}
---@return Pbx
function T:pbx(opts) end

--- The same as `t:phone`, named "receiver": an alarm receiver played by the script.
---@param opts? {name?: string, transport?: string, user?: string}
---@return Phone
function T:receiver(opts) end

--- Make the reference alarm receiver, which answers by itself.  `fault` is one of `ipgap receiver --help`, or a list of them; `code` is a strike code it sends once voice is up.
---@param opts? {name?: string, transport?: string, fault?: string|string[], code?: string, talk_s?: number, answer_ms?: number, test_every_s?: number, test_grace_s?: number, nat?: Nat, ipv6?: boolean}
---@return AlarmReceiver
function T:alarm_receiver(opts) end

--- The receiver that `--receiver` names; without that option a reference receiver (with the faults of `--plant`), and the options are those of `t:alarm_receiver`.
---@param opts? table
---@return ReceiverUnderTest
function T:receiver_under_test(opts) end

--- Make a caller that behaves as a faulty door: one call at a time, everything on the wire can be wrong in a chosen way.  `user` is the user part of its From, `codec` "PCMA" or "PCMU", `event_pt` the payload type it offers for telephone-event, `events = false` offers none.
---@param opts? {name?: string, user?: string, codec?: string, events?: boolean, event_pt?: integer}
---@return Caller
function T:caller(opts) end

--- Make a bare UDP socket, to send any text to a SIP port and see what comes back.
---@param opts? {name?: string, nat?: Nat, ipv6?: boolean}
---@return Socket
function T:sip_socket(opts) end

--- Make a NAT box of the simulated network (virtual time only).  A door, phone or socket is behind it with `nat = box`.  `kind` is how it maps and filters (default "port restricted"); a mapping ends `timeout` seconds after the last datagram out (default 60).  Only UDP is translated, and nothing from inside comes back in by the public address.
---@param opts? {name?: string, kind?: "full cone"|"restricted"|"port restricted"|"symmetric", timeout?: number, ipv6?: boolean}
---@return Nat
function T:nat(opts) end

--- Make a name server (virtual time only).  The door that asks it has `dns = server`; one door a scenario.
---@param opts? {name?: string, ipv6?: boolean}
---@return Dns
function T:dns(opts) end

--- Make a STUN server, on port 3478.
---@param opts? {name?: string, ipv6?: boolean}
---@return Stun
function T:stun(opts) end

--- Make an NTP server, on port 123.  Its clock is the calendar.
---@param opts? {name?: string, ipv6?: boolean}
---@return Ntp
function T:ntp(opts) end

--- Let time pass.
---@param s number
function T:wait(s) end

--- Seconds since the scenario's start.
---@return number
function T:now() end

--- Calendar time, seconds since 1970 UTC.  The virtual calendar begins on Monday 2026-01-05, 08:00:00 UTC.
---@return number
function T:wall() end

--- A random number of the scenario's own stream: 1 to n, or 0 <= x < 1 without n.  The same for the same seed.
---@param n? integer
---@return number
function T:random(n) end

--- The seed of this run.
---@return integer
function T:seed() end

--- True in virtual time.
---@return boolean
function T:virtual() end

--- Take an installer's own voice messages from DIR/LANGUAGE/NAME.wav for the doors of this scenario: how many, or nil and the error a person would see.
---@param dir string
---@return integer?, string?
function T:voices(dir) end

--- Run a function beside the story; the scenario ends when all have returned.
---@param fn fun()
function T:spawn(fn) end

--- Write a remark into the log.
---@param text string
function T:log(text) end

--- Faults of the network, for one host's sendings or for all: delay and jitter in ms, loss, duplication and reordering in percent.  Without faults named, the network is good again.
---@param opts {host?: Door|Phone, delay_ms?: number, jitter_ms?: number, loss?: number, duplicate?: number, reorder?: number}
function T:net(opts) end

--- Pull or plug the cable of one host, without its knowing.
---@param host Door|Phone
---@param up boolean
function T:link(host, up) end

--- A whole alarm frame with its checksum, as the door would send it.
---@param reason integer
---@param identity string
---@param crc? table<string, any>
---@return string
function T:frame(reason, identity, crc) end

--- The checksum of frame data ("9...C"), three digits.
---@param data string
---@param crc? table<string, any>
---@return string
function T:checksum(data, crc) end

--- Wait for a SIP message on the network; `cseq` is a part of its CSeq header.
---@param opts {method?: string, code?: integer, cseq?: string, from?: any, to?: any, within?: number}
---@return Message
function T:expect_sip(opts) end

--- All SIP messages so far that fit.
---@param opts? {method?: string, code?: integer, cseq?: string, from?: any, to?: any}
---@return Message[]
function T:sip_messages(opts) end

--- All entries of the log so far, of one actor, of one name.
---@param who? any
---@param event? string
---@return table[]
function T:events(who, event) end

--- Fail unless the value is true.
---@param v any
---@param text? string
function T:ok(v, text) end

--- Fail unless both are equal.
---@param got any
---@param want any
---@param text? string
function T:equal(got, want, text) end

--- Fail unless `to` came `want` seconds after `from`, give or take `tol`.  Each is an entry, or a moment of `t:now()`.
--- Two edges of one board are measured by the board's clock; everything else on a real clock by this host, where `tol` is
--- at least 10 ms.  Where the uncertainty reaches across the edge of the tolerance, the scenario is inconclusive.
---@param from table|number
---@param to table|number
---@param want number
---@param tol number
---@param text? string
---@return number seconds
function T:took(from, to, want, tol, text) end

--- As `t:took`, for what lasts as long as its sound: a busy host that stands still for more than a frame may lose some, and
--- its stalls count as uncertainty.
---@param from table|number
---@param to table|number
---@param want number
---@param tol number
---@param text? string
---@return number seconds
function T:sounded(from, to, want, tol, text) end

--- Fail unless a number is near another.
---@param got number
---@param want number
---@param tol number
---@param text? string
function T:near(got, want, tol, text) end

--- Fail unless a text fits a Lua pattern.
---@param got string
---@param pattern string
---@param text? string
function T:match(got, pattern, text) end

--- Fail unless the function raises an error that fits the pattern; returns the error's text.
---@param fn fun()
---@param pattern? string
---@return string
function T:raises(fn, pattern) end

--- Fail now.
---@param text? string
function T:fail(text) end

--- End the scenario as skipped.
---@param why? string
function T:skip(why) end

--- # Doors

---@class Door
---@field uri string       # "sip:10.77.0.2"
---@field address string   # "10.77.0.2:5060"
---@field name string
local Door = {}

--- Press the button, wait, release it.
---@param s? number
function Door:press(s) end

--- Press the button and keep it pressed.
function Door:hold() end

--- Release the button.
function Door:release() end

--- Close or open the external input.
---@param closed boolean
function Door:contact(closed) end

--- Cut or restore the 24 V supply.  The door dies when mains and PoE are both gone.
---@param ok boolean
function Door:mains(ok) end

--- Cut or restore PoE.
---@param ok boolean
function Door:poe(ok) end

--- Both supplies at once.
---@param on boolean
function Door:power(on) end

--- Pull or plug the Ethernet cable: the door knows, and no packet passes.
---@param up boolean
function Door:link(up) end

--- Turn DIP switch 1 to 4; the door reads them at its next boot.
---@param n integer
---@param on boolean
function Door:dip(n, on) end

--- Restart the door in good order.
function Door:restart() end

--- Call as the API would: a contact of the book, or of the table "ldap" ("1", "4 [sip:192.168.0.22]") or, in the table "libre", an address.
--- True, or nil and "EINVAL", "ENOENT" (no such contact), or "EBUSY" (the line is not free).
---@param id string
---@param table? "liste"|"ldap"|"libre"
---@return boolean?, string?
function Door:call(id, table) end

--- Answer the incoming call, as the API would: true, or nil and "EBUSY".
---@return boolean?, string?
function Door:answer() end

--- End whatever call there is, as a page or the API would.
---@return boolean?, string?
function Door:hangup() end

--- The book of contacts in its order, each a table of texts: number, account, surname, first_name, p2p, dtmf; and its version.
---@return table[], integer
function Door:contacts() end

--- Add a contact, at a place or behind the last: true, or nil, the message a person would see, and the error's name.
---@param contact {number: string, account?: integer, surname?: string, first_name?: string, p2p?: boolean, dtmf?: string, at?: integer, version?: integer}
---@return boolean?, string?, string?
function Door:add_contact(contact) end

--- Change what is given of contact `i`; lists that call it follow.
---@param i integer
---@param contact {number?: string, account?: integer|string, surname?: string, first_name?: string, p2p?: boolean, dtmf?: string, version?: integer}
---@return boolean?, string?, string?
function Door:edit_contact(i, contact) end

--- Move contact `i` to place `to`.
---@param i integer
---@param to integer
---@param version? integer
---@return boolean?, string?, string?
function Door:move_contact(i, to, version) end

--- Remove contact `i`.
---@param i integer
---@param version? integer
---@return boolean?, string?, string?
function Door:remove_contact(i, version) end

--- Replace the book by a CSV file: wholly, or not at all.
---@param csv string
---@param version? integer
---@return boolean?, string?, string?
function Door:import_contacts(csv, version) end

--- The book as a CSV file.
---@param style? {separator?: string, bom?: boolean}
---@return string
function Door:export_contacts(style) end

--- The directory that stands in the place of an LDAP server's, in its order, as the door read it; and how it stands with it.
---@return {name: string, number: string}[], {enabled: boolean, reading: boolean, read: boolean, failed: boolean, cause: string, left_out: integer}
function Door:directory() end

--- From now on the server's directory is another one (with `delay_ms`, what its answer takes; 20 unless said), or cannot be read for this cause.
---@param entries {name: string, number: string}[]|string
function Door:directory_holds(entries) end

--- Read the directory now: true, or nil and why not. The event `directory` tells its end.
---@return boolean?, string?
function Door:directory_read() end

--- How often the server was asked.
---@return integer
function Door:directory_asked() end

--- Look for SIP devices: "192.168.0.0/24", "A-B" or "A", at port 5060 unless said: true, or nil and what is wrong. The event `scan` tells its end.
---@param range string
---@param port? integer
---@return boolean?, string?
function Door:scan(range, port) end

--- End the scan: true, or nil where none runs.
---@return boolean?
function Door:scan_stop() end

--- How far the present or last scan is, and what it found, in the order of addresses; nil where there was none.
---@return {running: boolean, cancelled: boolean, done: integer, total: integer, unsent: integer, found: {address: string, name: string, status: integer}[]}?
function Door:scanned() end

--- Set the door's clock by hand, to a local time of its zone such as "2026-07-01 12:00:00": true, or nil and what is wrong.
---@param text string
---@return boolean?, string?
function Door:set_clock(text) end

--- What the door's clock shows: seconds since 1970 UTC, local time as text, and, where an NTP server is asked, how it does (offset and delay in seconds, poll the interval in force, 0 = it is not asked again).
---@return {wall: number, text: string, ntp?: {ok: boolean, offset: number, delay: number, stratum: integer, poll: integer, trouble: string}}
function Door:clock() end

--- Command a strike locally, as a page or the API would.
---@param relay integer
function Door:open(relay) end

--- Ask the door's HTTP API without sockets: "GET /api/remote" or "POST /api/voip", its fields as a table, or a body as text. HTTP's code comes back, the answer's JSON, and how a password was asked for: "basic", "digest" or nil. `user` and `password` are admin and admin, `user = false` is nobody; `json` sends the fields as JSON, `type` is the Content-Type of a body, `from` the address of who asks, `site` a browser's Sec-Fetch-Site.
---@param request string
---@param fields? table<string, string|number>|string
---@param opts? {user?: string|false, password?: string, json?: boolean, type?: string, from?: string, site?: string}
---@return integer, string, string?
function Door:api(request, fields, opts) end

--- Serve the API by HTTP on the loopback address, on the real clock alone; where, as "127.0.0.1:PORT".
---@return string
function Door:serve() end

--- Say that an account (1 to 3) is registered, or that its registration is lost and why: the fault alone, without a server.
---@param n integer
---@param registered boolean
---@param cause? string
function Door:account(n, registered, cause) end

--- Change a setting of the running door: true, or nil and the message a person would see.
---@param key string
---@param value string|number|boolean
---@return boolean?, string?
function Door:set(key, value) end

--- A setting, as text.
---@param key string
---@return string
function Door:get(key) end

--- "idle", "calling", "waiting", "ringing", "talking", "held", or "off" without supply.
---@return string
function Door:state() end

--- Is the relay energised?
---@param n integer
---@return boolean
function Door:relay(n) end

--- Colour of a pictogram ("call", "talk", "door") and whether it blinks.
---@param picto string
---@return string, boolean
function Door:light(picto) end

--- Play a sine into the microphone from now on; 0 Hz = silence.
---@param hz number
---@param dbm0? number
function Door:play(hz, dbm0) end

--- Level at the loudspeaker.
---@return number
function Door:level() end

--- Listen to the loudspeaker from now on, for `door:heard`.
function Door:listen() end

--- What the loudspeaker played since `door:listen`: how long [s], its level, and a number that is the same for the same sound.
---@return {s: number, dbm0: number, print: integer}
function Door:heard() end

--- Speak a voice message, switched on or not, as the line `say` of `ipgap run` does.
---@param message "contact_unavailable"|"end_of_communication"|"network_fault"|"call_in_progress"|"door_open"|"ip_address"
function Door:say(message) end

--- Wait for an edge of a relay.  `exactly` and `tol` check the time since `after` (an earlier edge).
---@param n integer
---@param level "on"|"off"
---@param opts? {within?: number, after?: table, exactly?: number, tol?: number}
---@return table edge
function Door:expect_relay(n, level, opts) end

--- Fail if the relay moves.
---@param n integer
---@param opts? {during?: number}
function Door:expect_no_relay(n, opts) end

--- Wait for an event of the door; further fields must be equal: `door:expect_event("call_end", {cause = "time"})`.
---@param name string
---@param want? table
---@return table event
function Door:expect_event(name, want) end

--- Fail if such an event comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Door:expect_no_event(name, want) end

--- Wait until a pictogram shows a colour.
---@param picto string
---@param colour string
---@param opts? {blink?: boolean, within?: number}
function Door:expect_light(picto, colour, opts) end

--- Wait until the door is in a state.
---@param state string
---@param opts? {within?: number}
function Door:expect_state(state, opts) end

--- Wait until the loudspeaker's level is above, or below.
---@param want {above?: number, below?: number, within?: number}
---@return number
function Door:expect_level(want) end

--- # Phones and receivers

---@class Phone
---@field uri string
---@field address string
---@field name string
local Phone = {}

--- Wait for a call; `from` is the user part of its From header.
---@param opts? {within?: number, from?: string}
---@return Call, table entry
function Phone:expect_call(opts) end

--- Fail if a call comes within `during` seconds (default 1).
---@param opts? {during?: number}
function Phone:expect_no_call(opts) end

--- Call somebody.
---@param uri string
---@param opts? {from?: string, headers?: string}
---@return Call
function Phone:dial(uri, opts) end

--- Send a SIP MESSAGE.
---@param uri string
---@param body string
---@param opts? {from?: string}
function Phone:message(uri, body, opts) end

--- Give up its registration at a PBX.
function Phone:unregister() end

--- Wait for a SIP MESSAGE.
---@param opts? {within?: number, body?: string, from?: string}
---@return table message
function Phone:expect_message(opts) end

--- Wait for an entry of this phone: call_in, answered, dtmf, frame, hold, closed, message_in, message_result, refused, registration ...
---@param name string
---@param want? table
---@return table
function Phone:expect_event(name, want) end

--- Fail if such an entry comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Phone:expect_no_event(name, want) end

--- # Calls

---@class Call
---@field name string      # the phone's
---@field number integer   # 1, 2 ... of that phone
local Call = {}

--- Send 180.
function Call:ring() end

--- Answer with 200.
function Call:answer() end

--- Send a provisional answer with early media (183 by default).
---@param code? integer
---@param reason? string
function Call:progress(code, reason) end

--- Refuse, 300 to 699.
---@param code integer
---@param reason? string
function Call:reject(code, reason) end

--- Hang up.
function Call:hangup() end

--- Put the other side on hold, or resume.
---@param on? boolean
function Call:hold(on) end

--- Send digits and wait until they are out; `on` and `off` in ms (100), `wait = false` returns at once.
---@param digits string
---@param opts? {on?: number, off?: number, wait?: boolean}
function Call:dtmf(digits, opts) end

--- Wait for digits.
---@param digits string
---@param opts? {within?: number, via?: "rfc4733"|"info"|"inband"}
---@return table entry
function Call:expect_dtmf(digits, opts) end

--- Fail if a digit comes within `during` seconds (default 1).
---@param opts? {during?: number}
function Call:expect_no_dtmf(opts) end

--- Wait for a whole alarm frame: fields text ("9...C"), product, reason, module, identity, cs, cs_want, crc_ok.
---@param opts? {within?: number}
---@return table frame
function Call:expect_frame(opts) end

--- Wait for the other side's answer.
---@param opts? {within?: number}
---@return table
function Call:expect_answer(opts) end

--- Wait for 180 or 183.
---@param opts? {within?: number}
---@return table
function Call:expect_ringing(opts) end

--- Wait to be put on hold (true) or resumed (false).
---@param held boolean
---@param opts? {within?: number}
---@return table
function Call:expect_hold(held, opts) end

--- Wait for the end by the other side; `code` is 0 for a hang-up, else the refusal.
---@param opts? {within?: number, code?: integer}
---@return table
function Call:expect_close(opts) end

--- Encrypted packets that were not taken: not authentic, and come before.
---@return integer, integer
function Call:dropped() end

--- This call's INVITE, as it was on the wire.
---@return Message
function Call:invite() end

--- A header of this call's INVITE.
---@param name string
---@return string?
function Call:header(name) end

--- Play a sine to the other side from now on; 0 Hz = silence.
---@param hz number
---@param dbm0? number
function Call:play(hz, dbm0) end

--- Level received in the last whole second.
---@return number
function Call:level() end

--- Wait until the received level is above, or below.
---@param want {above?: number, below?: number, within?: number}
---@return number
function Call:expect_level(want) end

--- Figures of the sound so far. Packets: sent, received, lost, late (too late to be heard); concealed (frames of 20 ms made up or silent), jitter_us; buffer_ms and buffer_max_ms, how long packets wait now and at most; reports of the door by RTCP, and what the last one said: rtt_us, remote_lost, remote_jitter_us.
---@return table
function Call:stats() end

--- Is the call over?
---@return boolean
function Call:is_over() end

--- # Alarm receivers

---@class AlarmReceiver
---@field uri string
---@field address string
---@field name string
local AlarmReceiver = {}

--- Wait for an alarm: fields via, result, reason, identity, product, alerte, frame, crc_ok, attempts, acks, acknowledged.
---@param want? table
---@return table alarm
function AlarmReceiver:expect_alarm(want) end

--- Wait for a step of its log.
---@param name string
---@param want? table
---@return table
function AlarmReceiver:expect_event(name, want) end

--- Fail if such a step comes within `during` seconds (default 1).
---@param name string
---@param want? table
function AlarmReceiver:expect_no_event(name, want) end

--- # Receivers under test, and faulty doors

---@class ReceiverUnderTest
---@field uri string
---@field address string
---@field name string
---@field own AlarmReceiver?  # nil: it is from outside, and only what is on the wire can be seen
local ReceiverUnderTest = {}

---@class Caller
---@field uri string
---@field address string
---@field name string
---@field number integer   # of its present call
local Caller = {}

--- Call a receiver; `headers` are further lines of the INVITE, each ended by CRLF.
---@param to string|ReceiverUnderTest
---@param opts? {headers?: string}
function Caller:dial(to, opts) end

--- Send digits and wait until they are out.  `on` and `off` in ms (100, 40 to 1000); `events`, `inband` and `info` are the ways (RFC 4733 where it was agreed, else tones); `marker = false` leaves the marker bit out, `ends` is the number of end packets (3); `level` [dBm0] and `twist` [dB, high minus low] are those of tones; `wait = false` returns at once.  Returns when the last digit ended, nil where the call ended before.
---@param digits string
---@param opts? {on?: number, off?: number, events?: boolean, inband?: boolean, info?: boolean, marker?: boolean, ends?: integer, level?: number, twist?: number, wait?: boolean}
---@return number?
function Caller:dtmf(digits, opts) end

--- Offer anew in the call (re-INVITE), with another payload type for telephone-event, and wait for the answer.
---@param opts {event_pt: integer}
---@return table entry
function Caller:modify(opts) end

--- Speak from now on, beside or over the digits; -60 dBm0 and below is silence.
---@param dbm0 number
function Caller:voice(dbm0) end

--- Send no RTP packet at all, or send again.
---@param on? boolean
function Caller:quiet(on) end

--- Spoil what it sends by RTP: loss, duplication and reordering in percent, jitter in ms, and a clock that runs faster by `skew_ppm` millionths (slower where negative).  On either clock, with the same result for the same seed.
---@param opts {loss?: number, duplicate?: number, reorder?: number, jitter_ms?: number, skew_ppm?: number}
function Caller:net(opts) end

--- Send a SIP MESSAGE; its outcome is an event `message_result` with `code`.
---@param to string|ReceiverUnderTest
---@param body string
---@param opts? {type?: string}
function Caller:message(to, body, opts) end

--- Hang up, or cancel a call that was not answered.
function Caller:hangup() end

--- Lose power: not a packet more, and no answer either.
function Caller:vanish() end

--- Is there no call?
---@return boolean
function Caller:is_over() end

--- Wait for 180 or 183.
---@param opts? {within?: number}
---@return table
function Caller:expect_ringing(opts) end

--- Wait for the answer.
---@param opts? {within?: number}
---@return table
function Caller:expect_answer(opts) end

--- Wait for digits of the receiver.
---@param digits string
---@param opts? {within?: number, via?: "rfc4733"|"info"|"inband"}
---@return table entry
function Caller:expect_dtmf(digits, opts) end

--- Fail if a digit comes within `during` seconds (default 1).
---@param opts? {during?: number}
function Caller:expect_no_dtmf(opts) end

--- Wait for the end by the receiver; `code` is 0 for a hang-up, else the refusal.
---@param opts? {within?: number, code?: integer}
---@return table
function Caller:expect_close(opts) end

--- Wait for an entry: dialled, progress, answered, modified, sending, dtmf_sent, dtmf, closed, hung_up, cancelled, vanished, message_result.
---@param name string
---@param want? table
---@return table
function Caller:expect_event(name, want) end

--- Fail if such an entry comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Caller:expect_no_event(name, want) end

--- # Boxes, STUN servers, name servers

---@class Nat
---@field address string
---@field name string
local Nat = {}

--- Its public address, without a port.
---@return string
function Nat:ip() end

--- Forward a public port to a host behind it, its SIP port unless `host` is "ADDRESS:PORT": for ever, for everybody.
---@param port integer
---@param host any
function Nat:forward(port, host) end

--- Restart it: it forgets who talked to whom, but not what was forwarded.
function Nat:restart() end

---@class Dns
---@field address string
---@field name string
local Dns = {}

--- Give a name its addresses, IPv4 or IPv6: text, or the address of a door, phone or server.
---@param name string
---@param ... any
function Dns:host(name, ...) end

--- Say where a service is, e.g. "_sip._udp.pbx.example".
---@param name string
---@param target string
---@param port integer
function Dns:srv(name, target, port) end

--- Say nothing from now on, or answer again.
---@param dead boolean
function Dns:dead(dead) end

--- Wait for an entry of its log: "asked", with `name` and `type`.
---@param name string
---@param want? table
---@return table
function Dns:expect_event(name, want) end

--- Fail if such an entry comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Dns:expect_no_event(name, want) end

---@class Stun
---@field address string
---@field name string
local Stun = {}

--- What is wrong with it from now on: "none", "dead", "slow" (`delay_ms`, default 2000), "transaction" (another number), "error" (500), "lying" (another address), "family" (an address of the other IP version), "zero" (0.0.0.0), "empty" (no address), "short" (cut off), "garbage", "stranger" (answers from another port).
---@param name string
---@param opts? {delay_ms?: integer}
function Stun:fault(name, opts) end

--- Settings of a door that asks it, and further settings.
---@param opts? table<string, any>
---@return table<string, any>
function Stun:settings(opts) end

--- Wait for an entry of its log: "asked", with `from`.
---@param name string
---@param want? table
---@return table
function Stun:expect_event(name, want) end

--- Fail if such an entry comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Stun:expect_no_event(name, want) end

---@class Ntp
---@field address string
---@field name string
local Ntp = {}

--- What is wrong with it from now on: "none", "dead", "cookie" (answers another request), "stranger" (answers from another port), "stratum" (16), "leap" (not synchronised), "rate" and "deny" (kiss-o'-death), "zero" (no time), "short" (cut off), "garbage".
---@param name string
function Ntp:fault(name) end

--- Its clock is so many seconds ahead of the calendar.
---@param s number
function Ntp:ahead(s) end

--- Settings of a door that asks it, and further settings.
---@param opts? table<string, any>
---@return table<string, any>
function Ntp:settings(opts) end

--- Wait for an entry of its log: "asked".
---@param name string
---@param want? table
---@return table
function Ntp:expect_event(name, want) end

--- Fail if such an entry comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Ntp:expect_no_event(name, want) end

--- # PBXs

--- Its events: registered (user, n = seconds, text = contact), unregistered, challenged, wrong_password, stale (n = 401 or 407), refused (n = code), relayed (user = to whom, text = method), presence (text = "open", "closed" or "" of a refresh).
---@class Pbx
---@field uri string
---@field address string
---@field name string
local Pbx = {}

--- The URI of a user, "sip:101@10.77.0.1".
---@param user string
---@return string
function Pbx:number(user) end

--- Settings of a door for its account n (1) as this user; `opts` are further settings: `t:door(pbx:account("100", {["button.day"] = "101"}))`.
---@param user string
---@param opts? table<string, any>
---@param n? integer
---@return table<string, any>
function Pbx:account(user, opts, n) end

--- Add a user, change its password, or say how calls to it go: "normal", "busy" (486), "unreachable" (100 and nothing more), "slow" (the INVITE waits `delay` seconds, 5).
---@param user string
---@param opts {way?: string, delay?: number, password?: string}
function Pbx:user(user, opts) end

--- What is wrong from now on; what is not named is well. `silent` hears all and answers nothing; `register` and `publish` are codes those are refused with, `retry_after` goes with them; `stale` good passwords come too late; `realm` challenges with a realm its passwords are not of; `unknown_etag` forgets the presence once.
---@param opts {silent?: boolean, register?: integer, publish?: integer, retry_after?: number, stale?: integer, realm?: boolean, unknown_etag?: boolean}
function Pbx:faults(opts) end

--- Die without a word; registrations are forgotten.
function Pbx:kill() end

--- Come back after `kill`.
function Pbx:start() end

--- Every nonce given so far is stale from now on.
function Pbx:forget_nonces() end

--- Seconds that a user's registration still lasts; 0 = not registered.
---@param user string
---@return integer
function Pbx:registered(user) end

--- Wait for an event of the PBX.
---@param name string
---@param want? table
---@return table event
function Pbx:expect_event(name, want) end

--- Fail if such an event comes within `during` seconds (default 1).
---@param name string
---@param want? table
function Pbx:expect_no_event(name, want) end

--- # Sockets and messages

---@class Socket
---@field address string
---@field name string
local Socket = {}

--- Send a text as one datagram, to an address or to a door or phone.
---@param text string
---@param to string|Door|Phone
function Socket:send(text, to) end

--- Wait for a datagram that fits a Lua pattern; its text is in `data`.
---@param pattern string
---@param opts? {within?: number}
---@return table
function Socket:expect(pattern, opts) end

--- Fail if a datagram comes within `during` seconds (default 1).
---@param opts? {during?: number}
function Socket:expect_nothing(opts) end

---@class Message
---@field t number         # when it was sent
---@field src string
---@field dst string
---@field method string?   # of a request
---@field code integer?    # of a response
---@field first string     # first line
---@field body string
---@field raw string
---@field lost boolean     # the simulated network dropped it
local Message = {}

--- A header's value, or nil.
---@param name string
---@return string?
function Message:header(name) end

--- # On a board (rig = "board")

--- An output of the board, relay 1 or 2, as it was seen without the board's firmware: by the emulator, or by a second board.
---@param n integer
---@param level "on"|"off"
---@param opts? {within?: number, after?: table|number}
---@return table entry
function Door:expect_outside(n, level, opts) end

--- Wait for news of the board: "down", "greeting", "ready" or "refused".
---@param state string
---@param opts? {within?: number}
---@return table entry
function Door:expect_board(state, opts) end

--- Wait for a trouble of the board, which then does not spoil the verdict: "gone", "lost", "overflow", "missed", "restarted", "released", "time", "unanswered", "refused" or "witness".  `all` takes every one of that kind so far.
---@param trouble string
---@param opts? {within?: number, all?: boolean}
---@return table entry
function Door:expect_trouble(trouble, opts) end

--- Drive a relay without the door, for a time that the board measures.
---@param n integer
---@param s number
function Door:pulse(n, s) end

--- Pull the cable to the board (false), or plug it again.
---@param plugged boolean
function Door:cable(plugged) end

--- Press the reset of an emulated board.
function Door:reset_board() end

--- Let an emulated board and its time stand still (true), or go on.
---@param still boolean
function Door:pause_board(still) end

--- Random bytes, of the seed, on the line to the board.
---@param n integer
function Door:noise(n) end

--- Lose what the board says (true) until it is heard again (false); the board still hears us.
---@param deaf boolean
function Door:deaf(deaf) end

--- # Programs of the outside world (clock = "real")

--- Start a program, without a shell; it is killed at the scenario's end. Its lines are events `line`
--- (text, from = "out" or "err"), its end an event `exit` (status or signal).
---@param opts {command: string[], name?: string, cwd?: string, env?: table<string, string>}
---@return Process
function T:process(opts) end

--- An address of this machine for a program, which nobody else here has: other processes that run scenarios have others.
---@param name string       # on the ladder
---@return string           # "127.77.0.3"
function T:address(name) end

--- Connect to 127.0.0.1:PORT, trying again until `within` (default 5 s). ctrl = true: baresip's ctrl_tcp.
---@param opts {address: string, name?: string, ctrl?: boolean, within?: number}
---@return Tcp
function T:tcp(opts) end

--- Stock baresip as a phone; where it is not installed the scenario is skipped. It records what it hears. `at` is a Kamailio that it registers at as `user`. `transport` is how its SIP goes, `cert` a PEM file with its certificate and key. `encryption` is its mediaenc: "srtp", "srtp-mand". With `medianat` it asks the server `stun` for its address, or does ICE; that needs a network interface beside the loopback. With `ipv6` it is on ::1.
---@param opts? {name?: string, user?: string, at?: Kamailio, transport?: "tcp"|"tls", cert?: string, encryption?: string, codec?: string, dtmf?: string, answer?: "auto"|"manual", plays?: {hz: number, dbm0?: number}, medianat?: "stun"|"ice", stun?: Coturn, ipv6?: boolean}
---@return Baresip
function T:baresip(opts) end

--- Kamailio as a PBX with digest: registrar and proxy, its user "busy" is always busy. Where it is not installed the scenario is skipped. `expires` is the longest registration [s]. With `cert`, a PEM file of certificate and key, it serves TCP and, on port 5061, TLS too.
---@param opts {name?: string, users: table<string, string>, expires?: number, cert?: string}
---@return Kamailio
function T:kamailio(opts) end

--- coturn as a STUN server; where it is not installed the scenario is skipped.
---@param opts? {name?: string}
---@return Coturn
function T:coturn(opts) end

--- chronyd as an NTP server, port 11123, with the machine's time, which it does not set; where it is not installed the scenario is skipped.  With `synchronised = false` it does not know the time.
---@param opts? {name?: string, synchronised?: boolean}
---@return Chrony
function T:chrony(opts) end

--- SIPp with steps of its own (the inside of its <scenario>), as caller of a door (`calls`) or called. Where it is not installed the scenario is skipped.
---@param opts {name?: string, steps: string, calls?: Door}
---@return Sipp
function T:sipp(opts) end

---@class Process
---@field name string
local Process = {}

---@param text string      # to its standard input
function Process:send(text) end

--- Wait for a line that fits a Lua pattern.
---@param pattern string
---@param opts? {within?: number}
---@return table
function Process:expect_line(pattern, opts) end

--- Wait for an event: `line` or `exit`.
---@param name string
---@param want? table
---@return table
function Process:expect_event(name, want) end

--- Ask it to end; after 2 s it is killed.
function Process:stop() end

---@return boolean
function Process:is_over() end

---@class Tcp
---@field name string
local Tcp = {}

---@param data string
function Tcp:send(data) end

--- Wait for a Lua pattern in the stream; the text that fits is returned and consumed.
---@param pattern string
---@param opts? {within?: number}
---@return string
function Tcp:expect(pattern, opts) end

function Tcp:close() end

---@class Baresip
---@field uri string
---@field address string
---@field name string
---@field dir string       # its folder, gone at the scenario's end
local Baresip = {}

---@param uri string
function Baresip:dial(uri) end

function Baresip:answer() end

---@param digits string
function Baresip:dtmf(digits) end

function Baresip:hangup() end

--- A command of its menu; its answer.
---@param name string
---@param params? string
---@return table
function Baresip:command(name, params) end

--- Wait for an event of baresip, e.g. CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, CALL_DTMF_START.
---@param name string
---@param want? table
---@return table
function Baresip:expect_event(name, want) end

---@param name string
---@param want? table
function Baresip:expect_no_event(name, want) end

--- Wait for digits by RFC 4733, one after the other.
---@param digits string
---@param opts? {within?: number}
---@return table
function Baresip:expect_dtmf(digits, opts) end

--- Loudest level heard in the call that is over [dBm0], and its length [s].
---@return number, number
function Baresip:heard() end

---@class Kamailio
---@field uri string
---@field address string
---@field name string
---@field process Process
local Kamailio = {}

--- The URI of a user.
---@param user string
---@return string
function Kamailio:number(user) end

--- Settings of a door for its account 1 as this user, and further settings.
---@param user string
---@param opts? table<string, any>
---@return table<string, any>
function Kamailio:account(user, opts) end

--- Kill it, without a word.
function Kamailio:kill() end

--- Start it again.
function Kamailio:start() end

---@class Coturn
---@field address string
---@field name string
---@field process Process
local Coturn = {}

--- Settings of a door that asks it, and further settings.
---@param opts? table<string, any>
---@return table<string, any>
function Coturn:settings(opts) end

--- Kill it, without a word.
function Coturn:kill() end

---@class Chrony
---@field address string
---@field name string
---@field process Process
local Chrony = {}

--- Settings of a door that asks it, and further settings.
---@param opts? table<string, any>
---@return table<string, any>
function Chrony:settings(opts) end

--- Kill it, without a word.
function Chrony:kill() end

---@class Sipp
---@field uri string
---@field address string
---@field name string
---@field process Process
local Sipp = {}

--- SIPp is through with its steps, and content.
---@param opts? {within?: number}
function Sipp:expect_success(opts) end
