/**
 * @file test_record.c  The folder of a scenario says what happened, whatever the peers sent
 *
 * One small call is recorded: INVITE with SDP, RTP PCMA, digits by RFC 4733, a MESSAGE, a lost BYE
 * and hostile bytes.  Each file is checked on its own; the capture also by tshark where it is
 * installed.
 *
 * SCN-01.  With KEEP_RECORD in the environment the folders stay, and their names are printed.
 */
#define _GNU_SOURCE                     /* memmem, nftw */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <re.h>
#include "scenarios/runner/record.h"

#define T0 1767600000000000             /* 2026-01-05 08:00:00 UTC */
#define MS 1000
#define TEXT_MAX (1 << 20)

static char dir[64], out[80], text[TEXT_MAX];
static struct record *rec;
static struct sa door, centre, door_rtp, centre_rtp;


static void setup(void)
{
	strcpy(dir, "/tmp/test_record_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(out, sizeof(out), "%s/a/b", dir);
	sa_set_str(&door, "10.77.0.2", 5060);
	sa_set_str(&centre, "10.77.0.3", 5060);
	sa_set_str(&door_rtp, "10.77.0.2", 16384);
	sa_set_str(&centre_rtp, "10.77.0.3", 20000);
	ck_assert_int_eq(record_alloc(&rec), 0);
	ck_assert_int_eq(record_host(rec, &door, "door"), 0);
	ck_assert_int_eq(record_host(rec, &centre, "centre"), 0);
}


static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s;
	(void)flag;
	(void)f;
	return remove(path);
}


static void teardown(void)
{
	rec = mem_deref(rec);
	if (!getenv("KEEP_RECORD"))
		nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
	else
		fprintf(stderr, "%s\n", dir);
}


/* A SIP message with the usual headers: start line, CSeq, more headers and the body */
static void sip(int64_t t_ms, bool out_of_door, bool lost, const char *start, const char *cseq,
		const char *type, const char *body)
{
	char msg[2048];
	int n = snprintf(msg, sizeof(msg),
			 "%s\r\n"
			 "Via: SIP/2.0/UDP 10.77.0.2:5060;branch=z9hG4bK%s;rport\r\n"
			 "From: \"Entr\xc3\xa9" "e\" <sip:door@10.77.0.2>;tag=1\r\n"
			 "To: <sip:centre@10.77.0.3>\r\n"
			 "Call-ID: abc@10.77.0.2\r\n"
			 "CSeq: %s\r\n"
			 "Contact: <sip:door@10.77.0.2>\r\n"
			 "Max-Forwards: 70\r\n"
			 "%s%s%s"
			 "Content-Length: %zu\r\n\r\n%s",
			 start, cseq + 2, cseq, type ? "Content-Type: " : "", type ? type : "",
			 type ? "\r\n" : "", strlen(body), body);

	ck_assert_int_lt(n, (int)sizeof(msg));
	ck_assert_int_eq(record_packet(rec, T0 + t_ms * MS, out_of_door ? &door : &centre,
				       out_of_door ? &centre : &door, (uint8_t *)msg, (size_t)n,
				       lost), 0);
}


static const char *sdp(const char *ip, unsigned port, unsigned pt)
{
	static char body[512];

	snprintf(body, sizeof(body),
		 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 8 %u\r\na=rtpmap:8 PCMA/8000\r\n"
		 "a=rtpmap:%u telephone-event/8000\r\na=fmtp:%u 0-15\r\n",
		 ip, ip, port, pt, pt, pt);
	return body;
}


static void rtp_to(int64_t t_ms, bool out_of_door, uint8_t pt, uint16_t seq, uint32_t stamp,
		   const uint8_t *payload, size_t n, bool lost)
{
	uint8_t p[400] = {0x80, pt, (uint8_t)(seq >> 8), (uint8_t)seq, (uint8_t)(stamp >> 24),
			  (uint8_t)(stamp >> 16), (uint8_t)(stamp >> 8), (uint8_t)stamp,
			  0, 0, 0, out_of_door ? 1 : 2};

	memcpy(p + 12, payload, n);
	ck_assert_int_eq(record_packet(rec, T0 + t_ms * MS, out_of_door ? &door_rtp : &centre_rtp,
				       out_of_door ? &centre_rtp : &door_rtp, p, 12 + n, lost), 0);
}


static void voice(int64_t from_ms, unsigned n, bool out_of_door, unsigned lost)
{
	uint8_t pcm[160];

	memset(pcm, 0xd5, sizeof(pcm));
	for (unsigned i = 0; i < n; i++)
		rtp_to(from_ms + i * 20, out_of_door, 8, (uint16_t)i, i * 160, pcm, sizeof(pcm),
		       i < lost);
}


/* A digit of 100 ms: five packets and two more ends */
static void digit(int64_t t_ms, bool out_of_door, uint8_t event, uint32_t stamp, uint8_t pt,
		  bool lost)
{
	for (unsigned i = 0; i < 7; i++) {
		const unsigned units = i < 5 ? 160 * (i + 1) : 800;
		const uint8_t p[] = {event, (uint8_t)(i >= 4 ? 0x8a : 0x0a),
				     (uint8_t)(units >> 8), (uint8_t)units};

		rtp_to(t_ms + (i < 5 ? i * 20 : 80), out_of_door, pt, (uint16_t)(1000 + i), stamp,
		       p, sizeof(p), lost);
	}
}


static void event(int64_t t_ms, const char *who, const char *json, const char *words)
{
	ck_assert_int_eq(record_event(rec, T0 + t_ms * MS, who, json, words), 0);
}


static void record_call(void)
{
	event(0, "door", "{\"seq\":1,\"event\":\"press\",\"action\":\"call\"}",
	      "press action=call");
	sip(1, true, false, "INVITE sip:centre@10.77.0.3 SIP/2.0", "1 INVITE", "application/sdp",
	    sdp("10.77.0.2", 16384, 101));
	sip(2, true, false, "MESSAGE sip:centre@10.77.0.3 SIP/2.0", "2 MESSAGE", "text/plain",
	    "identity=000000000 ;product=81 ;alerte=01");
	sip(3, false, false, "SIP/2.0 100 Trying", "1 INVITE", NULL, "");
	sip(4, false, false, "SIP/2.0 200 OK", "2 MESSAGE", NULL, "");
	sip(20, false, false, "SIP/2.0 180 Ringing", "1 INVITE", NULL, "");
	event(21, "door", "{\"seq\":2,\"event\":\"call_ringing\",\"who\":\"door\"}",
	      "call_ringing call=1 code=180");
	sip(1200, false, false, "SIP/2.0 200 OK", "1 INVITE", "application/sdp",
	    sdp("10.77.0.3", 20000, 96));
	sip(1201, true, false, "ACK sip:centre@10.77.0.3 SIP/2.0", "1 ACK", NULL, "");
	voice(1210, 120, true, 0);
	voice(1215, 50, false, 3);
	digit(2400, false, 5, 9000, 101, false);
	digit(2600, false, 5, 12000, 101, false);
	digit(2800, true, 11, 15000, 96, true);
	ck_assert_int_eq(record_edge(rec, T0 + 2900 * MS, "door.relay1", true), 0);
	event(2900, "door", "{\"seq\":3,\"event\":\"edge\",\"signal\":\"relay1\"}", "edge relay1");
	ck_assert_int_eq(record_edge(rec, T0 + 5900 * MS, "door.relay1", false), 0);
	ck_assert_int_eq(record_edge(rec, T0 + 5900 * MS, "gate.lamp 2", true), 0);
	sip(6000, true, true, "BYE sip:centre@10.77.0.3 SIP/2.0", "3 BYE", NULL, "");
	sip(6500, true, false, "BYE sip:centre@10.77.0.3 SIP/2.0", "3 BYE", NULL, "");
	sip(6501, false, false, "SIP/2.0 481 Gone \x1b[31m<script>alert('x')</script>\xff\x80",
	    "3 BYE", NULL, "");
	event(7000, "scenario", "{\"seq\":4,\"event\":\"expect\"}",
	      "expected relay 1 <held> 3.0 s");
}


static void write_folder(void)
{
	ck_assert_int_eq(record_write(rec, out, "strike opens & closes",
				      "fail: expected relay 1 <held> 3.0 s, came 2.9 s",
				      "seed 7\nipgap test strike.lua --seed 7"), 0);
}


static size_t slurp(const char *name)
{
	char path[120];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", out, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	n = fread(text, 1, TEXT_MAX - 1, f);
	fclose(f);
	text[n] = '\0';
	return n;
}

#define has(s) ck_assert_msg(strstr(text, s) != NULL, "missing: %s\nin:\n%.1500s", s, text)
#define hasnt(s) ck_assert_msg(strstr(text, s) == NULL, "found: %s", s)


static unsigned occurs(const char *s)
{
	unsigned n = 0;

	for (const char *p = text; (p = strstr(p, s)); p++)
		++n;
	return n;
}


/* The line of the text that has s in it */
static const char *line_with(const char *s)
{
	static char line[1024];
	const char *p = strstr(text, s), *a;

	ck_assert_msg(p != NULL, "missing: %s\nin:\n%.1500s", s, text);
	for (a = p; a > text && a[-1] != '\n'; a--)
		;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(a, "\n"), a);
	return line;
}


START_TEST(events_file_names_the_actor_of_each_event)
{
	record_call();
	ck_assert_int_eq(record_event(rec, T0 + 8000 * MS, "a\"b\\\n", "{}", ""), 0);
	write_folder();
	slurp("events.jsonl");
	has("{\"who\":\"door\",\"seq\":1,\"event\":\"press\",\"action\":\"call\"}\n");
	has("{\"seq\":2,\"event\":\"call_ringing\",\"who\":\"door\"}\n");
	has("{\"who\":\"a\\\"b\\\\ \"}\n");
	ck_assert_uint_eq(occurs("\n"), 5);
}
END_TEST


START_TEST(event_that_is_no_json_line_is_refused)
{
	ck_assert_int_eq(record_event(rec, T0, "door", "press", "press"), EBADMSG);
	ck_assert_int_eq(record_event(rec, T0, "door", "{\n}", "press"), EBADMSG);
	ck_assert_int_eq(record_event(rec, T0, "door", NULL, "press"), EINVAL);
	ck_assert_int_eq(record_edge(rec, T0, "", true), EINVAL);
	ck_assert_int_eq(record_host(rec, &door, ""), EINVAL);
	ck_assert_int_eq(record_packet(rec, T0, &door, &centre, NULL, 3, false), EINVAL);
}
END_TEST


START_TEST(ladder_shows_the_call)
{
	record_call();
	write_folder();
	slurp("ladder.txt");
	has("strike opens & closes\nVerdict: fail: expected");
	ck_assert_ptr_nonnull(strstr(line_with("INVITE (SDP)  CSeq 1"), "0.001"));
	ck_assert_ptr_nonnull(strstr(line_with("INVITE (SDP)  CSeq 1"), "-->|"));
	ck_assert_ptr_nonnull(strstr(line_with("180 Ringing  CSeq 1 INVITE"), "|<--"));
	has("200 OK (SDP)  CSeq 1 INVITE");
	has("ACK  CSeq 1");
	has("MESSAGE  CSeq 2: identity=000000000 ;product=81 ;alerte=01");
	has("RTP PCMA 120 packets, 2.4 s");
	has("RTP PCMA 50 packets, 1.0 s, 3 lost");
	ck_assert_ptr_nonnull(strstr(line_with("RTP PCMA 120"), "=>|"));
	has("|* press action=call");
	has("|= relay1 on");
	has("|= relay1 off");
	has("== scenario: expected relay 1");
	hasnt("edge relay1");
	ck_assert_ptr_null(memchr(text, 0x1b, strlen(text)));
	ck_assert_uint_eq(occurs("(again)"), 1);
}
END_TEST


/* RFC 4733: seven packets, two digits with one time-stamp each, told apart although both are a 5 */
START_TEST(ladder_shows_each_digit_once)
{
	record_call();
	write_folder();
	slurp("ladder.txt");
	ck_assert_uint_eq(occurs("DTMF 5 (100 ms)"), 2);
	ck_assert_uint_eq(occurs("DTMF # (100 ms) (lost)"), 1);
	ck_assert_uint_eq(occurs("DTMF"), 3);
}
END_TEST


START_TEST(ladder_marks_what_was_lost)
{
	const char *line;

	record_call();
	write_folder();
	slurp("ladder.txt");
	line = line_with("BYE  CSeq 3 (lost)");
	ck_assert_ptr_nonnull(strstr(line, "-x "));
	ck_assert_ptr_null(strchr(line, '>'));
	ck_assert_ptr_nonnull(strchr(line_with("BYE  CSeq 3 (again)"), '>'));
}
END_TEST


static int check_line(const char *line, void *arg)
{
	int n = 0;

	for (const char *p = line; *p; p++) {
		n += ((uint8_t)*p & 0xc0) != 0x80;
		ck_assert_uint_ge((uint8_t)*p, ' ');
	}
	ck_assert_msg(n <= 120, "%d characters: %s", n, line);
	++*(unsigned *)arg;
	return 0;
}


static int stop(const char *line, void *arg)
{
	(void)line;
	(void)arg;
	return 77;
}


/* 40 hosts, names with accents and line ends, texts of any length: no line is longer than 120 */
START_TEST(ladder_never_exceeds_its_width)
{
	unsigned lines = 0;
	char words[700], name[32];
	struct sa a, b;

	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	record_call();
	for (unsigned i = 4; i < 44; i++) {
		const uint8_t junk[] = {'h', 'i', 0, 0xff, '\n', '<'};

		snprintf(name, sizeof(name), "h\xc3\xb4te-\n-%u-with-a-long-name", i);
		sa_set_in(&a, 0x0a4d0000 + i, 5060);
		sa_set_in(&b, 0x0a4d0000 + (i * 7) % 44, 5060);
		ck_assert_int_eq(record_host(rec, &a, name), 0);
		ck_assert_int_eq(record_packet(rec, T0 + i, &a, &b, junk, sizeof(junk), i & 1), 0);
		ck_assert_int_eq(record_packet(rec, T0 + i, &a, &a, junk, sizeof(junk), i & 1), 0);
		words[i * 15] = '\0';
		event(i, name, "{}", words);
		event(i, "nobody", "{}", words);
		words[i * 15] = 'w';
	}
	ck_assert_int_eq(record_ladder_text(rec, check_line, &lines), 0);
	ck_assert_uint_gt(lines, 160);
	ck_assert_int_eq(record_ladder_text(rec, stop, NULL), 77);
	write_folder();

	/* hosts that share the last column are named where they act */
	slurp("ladder.txt");
	has("(others)");
	has("h\xc3\xb4te- -43-with-a-long-name -> h\xc3\xb4te- -37-with-a-long-name: UDP");
	has("h\xc3\xb4te- -43-with-a-long-name: UDP, length 6");
}
END_TEST


START_TEST(empty_record_gives_a_whole_folder)
{
	static const char *const files[] = {"ladder.html", "ladder.txt", "capture.pcapng",
					    "relays.vcd", "README.txt"};

	write_folder();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		ck_assert_uint_gt(slurp(files[i]), 50);
	ck_assert_uint_eq(slurp("events.jsonl"), 0);
}
END_TEST


/* Elements that open and close, each closed by its own end */
static void check_nesting(void)
{
	static const char *const empty[] = {"meta", "input", "!DOCTYPE"};
	char stack[64][16], tag[16];
	int depth = 0;

	for (const char *p = text; (p = strchr(p, '<')); ) {
		const bool end = p[1] == '/';
		size_t n = strcspn(p + 1 + end, " >");
		bool lone = false;

		ck_assert_uint_lt(n, sizeof(tag));
		snprintf(tag, sizeof(tag), "%.*s", (int)n, p + 1 + end);
		for (size_t i = 0; i < 3; i++)
			lone = lone || !strcmp(tag, empty[i]);
		if (end) {
			ck_assert_int_gt(depth, 0);
			ck_assert_str_eq(tag, stack[--depth]);
		}
		else if (!lone) {
			ck_assert_int_lt(depth, 64);
			strcpy(stack[depth++], tag);
		}
		p = strchr(p, '>');
		ck_assert_ptr_nonnull(p);
	}
	ck_assert_int_eq(depth, 0);
}


START_TEST(page_is_self_contained_and_escapes_what_peers_sent)
{
	record_call();
	write_folder();
	slurp("ladder.html");
	check_nesting();
	has("default-src 'none'");
	has("<title>strike opens &amp; closes</title>");
	has("<p class=\"verdict fail\"><b>fail</b><span>expected relay 1 &lt;held&gt; 3.0 s,");
	has("ipgap test strike.lua --seed 7");
	hasnt("<script");
	hasnt("http://");
	hasnt("https://");
	hasnt("src=");
	hasnt("url(");
	has("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\xef\xbf\xbd\xef\xbf\xbd");
	has("Call-ID: abc@10.77.0.2\n");
	has("From: &quot;Entr\xc3\xa9" "e&quot; &lt;sip:door@10.77.0.2&gt;");
	has("<b>DTMF</b> 5 (100 ms)");
	has("<b>RTP</b> PCMA 120 packets, 2.4 s");
	has("<b>relay1</b> on");
	has("title=\"{&quot;seq&quot;:1");
	has("@media screen and (prefers-color-scheme:dark)");
	has("@media print");
	ck_assert_uint_eq(occurs("class=\"arrow right lost\""), 2);
	ck_assert_ptr_null(memchr(text, 0x1b, strlen(text)));
	ck_assert_ptr_null(memchr(text, 0xff, strlen(text)));
}
END_TEST


/* Seeded damage to SIP, SDP and RTP: whatever comes, the page nests and lines keep their width */
START_TEST(damaged_packets_are_shown_harmlessly)
{
	static const char invite[] =
		"INVITE sip:c@d SIP/2.0\r\nVia: SIP/2.0/UDP d;branch=z\r\n"
		"CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n";
	unsigned seed = 4733, lines = 0;
	uint8_t msg[1024];

	record_call();
	for (unsigned i = 0; i < 600; i++) {
		const bool rtp = i % 3 == 0;
		size_t n = (size_t)snprintf((char *)msg, sizeof(msg), "%s%s", invite,
					    sdp("10.77.0.2", 16384, 101));

		if (rtp)
			n = 12 + (size_t)rand_r(&seed) % 40;
		for (unsigned k = rtp ? 60 : (unsigned)rand_r(&seed) % 12; k; k--)
			msg[(size_t)rand_r(&seed) % n] = (uint8_t)rand_r(&seed);
		if (rtp)
			msg[0] = 0x80 | (msg[0] & 0x3f);
		ck_assert_int_eq(record_packet(rec, T0 + i * MS, rtp ? &door_rtp : &door,
					       rtp ? &centre_rtp : &centre, msg, n, i % 5 == 0), 0);
	}
	write_folder();
	slurp("ladder.html");
	check_nesting();
	hasnt("<script");
	ck_assert_int_eq(record_ladder_text(rec, check_line, &lines), 0);
	ck_assert_uint_gt(lines, 400);
}
END_TEST


/* A small reader of IEEE 1364: what changes when */
static void read_vcd(char *log, size_t size)
{
	char word[4][64], name[8] = "", what[256], *line, *save = NULL;
	struct { char id[8], name[400]; } var[8];
	long long t = -1, now;
	size_t vars = 0, n = 0, i;
	bool body = false, dump = false;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!body && sscanf(line, "$scope module %63s $end", word[0]) == 1) {
			ck_assert_str_eq(name, "");
			snprintf(what, sizeof(what), "%s", word[0]);
		}
		else if (!body && sscanf(line, "$var wire 1 %7s %63s $end", var[vars].id,
					 word[1]) == 2) {
			ck_assert_uint_lt(vars, 7);
			snprintf(var[vars++].name, sizeof(var[0].name), "%s/%s", what, word[1]);
		}
		else if (!strcmp(line, "$enddefinitions $end")) {
			body = true;
		}
		else if (body && sscanf(line, "#%lld", &now) == 1) {
			ck_assert_int_gt(now, t);
			t = now;
		}
		else if (body && line[0] == '$') {
			dump = !strcmp(line, "$dumpvars");
			ck_assert(dump || !strcmp(line, "$end"));
		}
		else if (body) {
			ck_assert_msg(strchr("01x", line[0]) && line[0], "%s", line);
			for (i = 0; i < vars && strcmp(var[i].id, line + 1); i++)
				;
			ck_assert_msg(i < vars, "unknown identifier: %s", line);
			n += (size_t)snprintf(log + n, size - n, "%lld %s %c\n", t, var[i].name,
					      line[0]);
		}
	}
	snprintf(log + n, size - n, "end %lld\n", t);
}


START_TEST(edges_file_has_each_edge_at_its_microsecond)
{
	char log[1024];

	record_call();
	ck_assert_int_eq(record_edge(rec, T0 + 5950 * MS + 7, "door.relay1", true), 0);
	write_folder();
	slurp("relays.vcd");
	has("$timescale 1 us $end");
	has("$date 2026-01-05 08:00:00 UTC $end");
	read_vcd(log, sizeof(log));
	ck_assert_str_eq(log,
			 "0 door/relay1 x\n0 gate/lamp_2 x\n"
			 "2900000 door/relay1 1\n"
			 "5900000 door/relay1 0\n5900000 gate/lamp_2 1\n"
			 "5950007 door/relay1 1\n"
			 "end 7000000\n");
}
END_TEST


START_TEST(time_zero_can_be_said)
{
	char log[1024];

	ck_assert_int_eq(record_start(rec, T0 - 500 * MS), 0);
	record_call();
	ck_assert_int_eq(record_edge(rec, T0 - 900 * MS, "door.early", true), 0);
	write_folder();
	slurp("ladder.txt");
	ck_assert_ptr_nonnull(strstr(line_with("INVITE (SDP)  CSeq 1"), "0.501"));
	ck_assert_ptr_nonnull(strstr(line_with("early on"), "-0.400"));
	slurp("relays.vcd");
	read_vcd(log, sizeof(log));
	ck_assert_ptr_nonnull(strstr(log, "\n0 door/early 1\n"));
	ck_assert_ptr_nonnull(strstr(log, "\n3400000 door/relay1 1\n"));
}
END_TEST


START_TEST(readme_explains_the_folder)
{
	record_call();
	write_folder();
	slurp("README.txt");
	has("strike opens & closes\n\nVerdict: fail: expected relay 1 <held> 3.0 s, came 2.9 s\n\n"
	    "seed 7\nipgap test strike.lua --seed 7\n");
	has("ladder.html");
	has("ladder.txt");
	has("events.jsonl");
	has("wireshark capture.pcapng");
	has("gtkwave relays.vcd");
	hasnt("-d udp.port");
	hasnt("dropped");
}
END_TEST


START_TEST(readme_says_how_to_decode_sip_on_another_port)
{
	static const uint8_t options[] = "OPTIONS sip:x SIP/2.0\r\n\r\n";
	struct sa odd;

	sa_set_str(&odd, "10.77.0.9", 5099);
	ck_assert_int_eq(record_packet(rec, T0, &door, &odd, options, sizeof(options) - 1, false),
			 0);
	write_folder();
	slurp("README.txt");
	has(" -d udp.port==5099,sip\n");
	slurp("ladder.txt");
	has("malformed SIP: OPTIONS sip:x SIP/2.0");
	has("10.77.0.9");
}
END_TEST


/* The ring keeps the newest RTP, everything else stays */
START_TEST(rtp_is_bounded_and_signalling_is_kept)
{
	uint8_t p[1000] = {0x80, 8};
	uint64_t dropped;
	const char *s;

	sip(0, true, false, "OPTIONS sip:centre@10.77.0.3 SIP/2.0", "1 OPTIONS", NULL, "");
	for (unsigned i = 0; i < 100000; i++)
		ck_assert_int_eq(record_packet(rec, T0 + i * 1000, &door_rtp, &centre_rtp, p,
					       sizeof(p), false), 0);
	write_folder();
	slurp("README.txt");
	s = strstr(text, "The oldest ");
	ck_assert_ptr_nonnull(s);
	dropped = strtoull(s + 11, NULL, 10);
	ck_assert_uint_gt(dropped, 100000 - 34000);
	ck_assert_uint_lt(dropped, 100000 - 30000);
	slurp("ladder.txt");
	has("OPTIONS  CSeq 1");
	snprintf(out + strlen(out), 8, "/x");
	record_reset(rec);
	write_folder();
	slurp("README.txt");
	hasnt("dropped");
}
END_TEST


START_TEST(full_memory_refuses_and_says_so)
{
	static char json[1 << 20];
	unsigned kept = 0, refused = 0;

	memset(json, ' ', sizeof(json) - 1);
	json[0] = '{';
	json[sizeof(json) - 2] = '}';
	for (unsigned i = 0; i < 70; i++) {
		const int err = record_event(rec, T0 + i, "door", json, "x");

		ck_assert(!err || err == ENOBUFS);
		kept += !err;
		refused += err == ENOBUFS;
	}
	ck_assert_uint_eq(kept, 63);
	ck_assert_uint_eq(refused, 7);
	write_folder();
	slurp("README.txt");
	has("The last 7 SIP packets, events and edges were not kept: 64 MiB were full.");
}
END_TEST


START_TEST(very_long_ladder_shows_its_beginning_and_end)
{
	char words[32];

	for (int i = 1; i <= 6000; i++) {
		snprintf(words, sizeof(words), "step %d.", i);
		event(i, "door", "{}", words);
	}
	write_folder();
	slurp("ladder.txt");
	has("step 1000.");
	hasnt("step 1001.");
	has("1000 rows left out here");
	hasnt("step 2000.");
	has("step 2001.");
	has("step 6000.");
	slurp("ladder.html");
	has("1000 rows left out here");
}
END_TEST


START_TEST(hosts_that_share_an_address_are_told_apart_by_port)
{
	struct sa a, b, am, bm;
	uint8_t p[172] = {0x80, 8};

	record_reset(rec);
	sa_set_str(&a, "127.0.0.1", 5070);
	sa_set_str(&b, "127.0.0.1", 5080);
	sa_set_str(&am, "127.0.0.1", 16384);
	sa_set_str(&bm, "127.0.0.1", 20000);
	ck_assert_int_eq(record_host(rec, &a, "porte"), 0);
	ck_assert_int_eq(record_host(rec, &b, "centrale"), 0);
	door = a;
	centre = b;
	sip(0, true, false, "INVITE sip:b SIP/2.0", "1 INVITE", "application/sdp",
	    sdp("127.0.0.1", 16384, 101));
	sip(1, false, false, "SIP/2.0 200 OK", "1 INVITE", "application/sdp",
	    sdp("127.0.0.1", 20000, 101));
	ck_assert_int_eq(record_packet(rec, T0 + 5000, &am, &bm, p, sizeof(p), false), 0);
	write_folder();
	slurp("ladder.txt");
	has("porte");
	has("centrale");
	hasnt("127.0.0.1");
	ck_assert_ptr_nonnull(strstr(line_with("RTP PCMA 1 packet,"), "=>|"));
}
END_TEST


START_TEST(folder_that_cannot_be_made_is_an_error)
{
	FILE *f;

	snprintf(out, sizeof(out), "%s/file", dir);
	f = fopen(out, "w");
	ck_assert_ptr_nonnull(f);
	fclose(f);
	ck_assert_int_eq(record_write(rec, out, "t", "fail", ""), ENOTDIR);
	strcat(out, "/below");
	ck_assert_int_eq(record_write(rec, out, "t", "fail", ""), ENOTDIR);
	ck_assert_int_eq(record_write(rec, "", "t", "fail", ""), EINVAL);
}
END_TEST


/* Run tshark on the capture; its output is in text */
static void tshark(const char *args)
{
	char cmd[400];
	FILE *p;
	size_t n;

	snprintf(cmd, sizeof(cmd), "tshark -N n -r %s/capture.pcapng -o ip.check_checksum:TRUE"
		 " -o udp.check_checksum:TRUE %s 2>/dev/null", out, args);
	p = popen(cmd, "r");
	ck_assert_ptr_nonnull(p);
	n = fread(text, 1, TEXT_MAX - 1, p);
	text[n] = '\0';
	ck_assert_int_eq(pclose(p), 0);
}


static unsigned tshark_count(const char *filter)
{
	char args[200];

	snprintf(args, sizeof(args), "-Y '%s' -T fields -e frame.number", filter);
	tshark(args);
	return occurs("\n");
}


static bool no_tshark(void)
{
	if (!system("tshark --version >/dev/null 2>&1"))
		return false;
	fprintf(stderr, "SKIPPED: tshark is not installed, the capture was not opened with it\n");
	return true;
}


START_TEST(capture_opens_in_tshark)
{
	struct sa v6a, v6b;
	uint8_t odd[] = {'O', 'D', 'D'};

	if (no_tshark())
		return;

	record_call();
	sa_set_str(&v6a, "fd77::2", 7000);
	sa_set_str(&v6b, "fd77::3", 7001);
	ck_assert_int_eq(record_packet(rec, T0 + 9000 * MS, &v6a, &v6b, odd, 3, false), 0);
	ck_assert_int_eq(record_packet(rec, T0 + 9001 * MS, &v6a, &v6b, odd, 0, false), 0);
	write_folder();

	ck_assert_uint_eq(tshark_count("frame"), 10 + 170 + 21 + 2);
	ck_assert_uint_eq(tshark_count("sip"), 10);
	ck_assert_uint_eq(tshark_count("sip.Method == INVITE && sdp"), 1);
	ck_assert_uint_eq(tshark_count("rtp && !rtpevent"), 170);
	ck_assert_uint_eq(tshark_count("rtpevent.event_id == 5"), 14);
	ck_assert_uint_eq(tshark_count("ipv6 && udp"), 2);
	ck_assert_uint_eq(tshark_count("_ws.malformed"), 0);
	ck_assert_uint_eq(tshark_count("ip.checksum.status == Bad || udp.checksum.status == Bad"),
			  0);
	ck_assert_uint_eq(tshark_count("udp.checksum.status == Good"), 203);
	ck_assert_uint_eq(tshark_count("frame.comment contains \"lost\""), 1 + 3 + 7);
	ck_assert_uint_eq(tshark_count("frame.time_epoch == 1767600000.001000"), 1);

	tshark("-Y 'sip.CSeq.method == ACK' -T fields -e ip.src_host -e ip.dst_host");
	has("door\tcentre");
}
END_TEST


/* Blocks as the draft says: both lengths agree, multiples of 4, nothing behind the last */
START_TEST(capture_is_a_chain_of_sound_blocks)
{
	unsigned blocks = 0, packets = 0;
	uint32_t type, len, back;
	size_t n, pos;

	record_call();
	write_folder();
	n = slurp("capture.pcapng");
	for (pos = 0; pos < n; pos += len, blocks++) {
		memcpy(&type, text + pos, 4);
		memcpy(&len, text + pos + 4, 4);
		ck_assert_uint_ge(len, 12);
		ck_assert_uint_eq(len % 4, 0);
		ck_assert_uint_le(pos + len, n);
		memcpy(&back, text + pos + len - 4, 4);
		ck_assert_uint_eq(len, back);
		ck_assert(blocks || type == 0x0a0d0d0a);
		packets += type == 6;
	}
	ck_assert_uint_eq(packets, 10 + 170 + 21);
	ck_assert_uint_eq(blocks, packets + 3);
	ck_assert_ptr_nonnull(memmem(text, n, "strike opens & closes", 21));
}
END_TEST


Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, events_file_names_the_actor_of_each_event);
	tcase_add_test(t, event_that_is_no_json_line_is_refused);
	tcase_add_test(t, ladder_shows_the_call);
	tcase_add_test(t, ladder_shows_each_digit_once);
	tcase_add_test(t, ladder_marks_what_was_lost);
	tcase_add_test(t, ladder_never_exceeds_its_width);
	tcase_add_test(t, empty_record_gives_a_whole_folder);
	tcase_add_test(t, page_is_self_contained_and_escapes_what_peers_sent);
	tcase_add_test(t, damaged_packets_are_shown_harmlessly);
	tcase_add_test(t, edges_file_has_each_edge_at_its_microsecond);
	tcase_add_test(t, time_zero_can_be_said);
	tcase_add_test(t, readme_explains_the_folder);
	tcase_add_test(t, readme_says_how_to_decode_sip_on_another_port);
	tcase_add_test(t, rtp_is_bounded_and_signalling_is_kept);
	tcase_add_test(t, full_memory_refuses_and_says_so);
	tcase_add_test(t, very_long_ladder_shows_its_beginning_and_end);
	tcase_add_test(t, hosts_that_share_an_address_are_told_apart_by_port);
	tcase_add_test(t, folder_that_cannot_be_made_is_an_error);
	tcase_add_test(t, capture_is_a_chain_of_sound_blocks);
	tcase_add_test(t, capture_opens_in_tshark);
	suite_add_tcase(s, t);
	return s;
}
