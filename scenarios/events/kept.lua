-- Kept events (EVT-01): what a class's setting leaves out of the store is told all the same

scenario("events of a class that is not kept are told as they happen", {req = "EVT-01"}, function(t)
  local door = t:door{["events.network"] = "no", ["events.hardware"] = "no", ["events.door"] = "no"}
  door:press()
  door:expect_event("button", {pressed = true})
  door:link(false)
  door:expect_event("link", {up = false})
  door:link(true)
  door:expect_event("link", {up = true})
end)

scenario("a class is left out and taken in again while the door runs, and the change itself is told", {req = "EVT-01"}, function(t)
  local door = t:door{}
  door:set("events.audio", "no")
  door:expect_event("setting", {key = "events.audio", value = "no"})
  door:set("events.audio", "yes")
  door:expect_event("setting", {key = "events.audio", value = "yes"})
end)
