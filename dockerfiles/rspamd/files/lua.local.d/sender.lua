-- Who sends with a login writes as themselves. The mail server has compared the envelope with the login; people see the header.
rspamd_config:register_symbol({
  name = "SENDER_NOT_LOGIN",
  type = "prefilter",
  priority = 10,
  callback = function(task)
    if not task:get_user() then
      return
    end
    local envelope = (task:get_from("smtp") or {})[1]
    local header = task:get_from("mime") or {}
    local same = envelope and #header == 1 and task:get_header_count("From") == 1
      and envelope.addr:lower() == header[1].addr:lower()
    if not same then
      task:set_pre_result("reject", "The header From is not the address that the mail is sent from")
    end
  end,
})
