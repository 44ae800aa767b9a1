# Make the reference part of docs/scenarios.md from the annotation file scenarios/ipgap.lua.
function flush_fields(    i) {
	if (nf) {
		print "\nFields: "
		print ""
		for (i = 1; i <= nf; i++) print "- " field[i]
		print ""
	}
	nf = 0
}
/^--- # /              { flush_fields(); print "\n## " substr($0, 7); next }
/^---@field/           { f = $0; sub(/^---@field /, "", f); note = ""
                         if (match(f, /[ ]+# /)) { note = ": " substr(f, RSTART + RLENGTH); f = substr(f, 1, RSTART - 1) }
                         name = f; sub(/ .*/, "", name); type = f; sub(/^[^ ]* /, "", type)
                         field[++nf] = "`" name "` (" type ")" note; next }
/^---@param/           { p = $0; sub(/^---@param /, "", p); param[++np] = p; next }
/^---@return/          { r = $0; sub(/^---@return /, "", r); ret = r; next }
/^---@/                { next }
/^--- /                { doc = doc (doc == "" ? "" : "\n") substr($0, 5); next }
/^function /           { flush_fields()
                         sig = $0; sub(/^function /, "", sig); sub(/ end$/, "", sig)
                         who = sig; sub(/[:(].*/, "", who)
                         v = who == "T" ? "t" : who == "Door" ? "door" : who == "Phone" ? "phone" : who == "Call" ? "call" : who == "AlarmReceiver" ? "alarm" : who == "Caller" ? "caller" : who == "Socket" ? "socket" : who == "Message" ? "message" : who
                         sub(/^[^:(]*/, v, sig)
                         print "\n### `" sig "`" (ret == "" ? "" : " → `" ret "`") "\n\n" doc
                         opts = ""
                         for (i = 1; i <= np; i++) { p = param[i]; n = p; sub(/ .*/, "", n); sub(/^[^ ]* /, "", p)
                           opts = opts "\n- `" n "`: `" p "`" }
                         if (opts != "") print opts
                         doc = ""; np = 0; ret = ""; next }
