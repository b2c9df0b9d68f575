# Before a person's own rules: what the filter took for spam goes where it is looked at last.
require ["fileinto", "mailbox"];
if header :is "X-Spam" "Yes" {
  fileinto :create "Junk";
  stop;
}
