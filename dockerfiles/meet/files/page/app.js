// The page of meetings: who one is, which meeting, and then the pictures. What it shows of others, it shows as text.
"use strict";
(() => {
  const { Room, RoomEvent, Track, DisconnectReason, setLogLevel } = LivekitClient;
  const $ = (id) => document.getElementById(id);
  const say = (text) => { $("message").textContent = text; };
  setLogLevel("silent"); // what matters stands on the page
  let room = null;
  let name = "";

  async function ask(path, body) {
    const answer = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (answer.ok) return answer.json();
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401) throw new Error("You are not logged in any more. Load this page again.");
    if (answer.status === 429) throw new Error("Too many at once from your address. Try again in a minute.");
    throw new Error(told.error || `The server answers ${answer.status}. Try again later.`);
  }

  const shown = (...ids) => {
    for (const id of ["stranger", "person", "guest", "meeting"]) $(id).hidden = !ids.includes(id);
  };

  // tile is where somebody's picture is; a shared screen has one of its own.
  function tile(participant, source) {
    const id = `${participant.identity} ${source}`;
    let figure = [...$("tiles").children].find((one) => one.dataset.of === id);
    if (!figure) {
      figure = document.createElement("figure");
      figure.dataset.of = id;
      figure.dataset.who = participant.isLocal ? "me" : participant.name;
      const caption = document.createElement("figcaption");
      caption.textContent = (participant.name || "somebody") + (participant.isLocal ? " (you)" : "") + (source === "screen" ? ": screen" : "");
      figure.append(caption);
      $("tiles").append(figure);
    }
    return figure;
  }

  const screens = [Track.Source.ScreenShare, Track.Source.ScreenShareAudio];
  const sourceOf = (publication) => (screens.includes(publication.source) ? "screen" : "person");

  function attach(track, publication, participant) {
    if (participant.isLocal && track.kind === Track.Kind.Audio) return;
    tile(participant, sourceOf(publication)).append(track.attach());
  }

  function detach(track, publication, participant) {
    for (const element of track.detach()) element.remove();
    if (sourceOf(publication) === "screen") tile(participant, "screen").remove();
  }

  function pressed() {
    const me = room.localParticipant;
    $("microphone").setAttribute("aria-pressed", me.isMicrophoneEnabled);
    $("camera").setAttribute("aria-pressed", me.isCameraEnabled);
    $("screen").setAttribute("aria-pressed", me.isScreenShareEnabled);
  }

  async function enter(pass, person) {
    say("Entering …");
    name = pass.room;
    room = new Room({ adaptiveStream: true, dynacast: true });
    room
      .on(RoomEvent.ParticipantConnected, (one) => tile(one, "person"))
      .on(RoomEvent.ParticipantDisconnected, (one) => {
        for (const source of ["person", "screen"]) tile(one, source).remove();
      })
      .on(RoomEvent.TrackSubscribed, attach)
      .on(RoomEvent.TrackUnsubscribed, detach)
      .on(RoomEvent.LocalTrackPublished, (publication, me) => { attach(publication.track, publication, me); pressed(); })
      .on(RoomEvent.LocalTrackUnpublished, (publication, me) => { detach(publication.track, publication, me); pressed(); })
      .on(RoomEvent.TrackMuted, pressed)
      .on(RoomEvent.TrackUnmuted, pressed)
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) => {
        const speaking = speakers.map((one) => `${one.identity} person`);
        for (const figure of $("tiles").children) figure.classList.toggle("speaking", speaking.includes(figure.dataset.of));
      })
      .on(RoomEvent.Reconnecting, () => say("The connection is gone. Trying again …"))
      .on(RoomEvent.Reconnected, () => say(""))
      .on(RoomEvent.Disconnected, (reason) => left(reason === DisconnectReason.CLIENT_INITIATED ? "You have left." : "The meeting is over, or the connection is lost."));
    await room.connect(location.origin.replace(/^http/, "ws"), pass.token);
    shown("meeting");
    $("title").textContent = name;
    $("invite").hidden = !person;
    tile(room.localParticipant, "person");
    for (const one of room.remoteParticipants.values()) tile(one, "person");
    say("");
    await room.startAudio().catch(() => {});
    // Without a camera one may listen, and without both.
    for (const use of ["setMicrophoneEnabled", "setCameraEnabled"]) {
      await room.localParticipant[use](true).catch((why) => say(`${use.includes("Camera") ? "Camera" : "Microphone"}: ${why.message}`));
    }
    pressed();
  }

  function left(why) {
    $("tiles").replaceChildren();
    $("invitation").hidden = true;
    $("title").textContent = "Meetings";
    room = null;
    begin(why);
  }

  const on = (id, event, act) => $(id).addEventListener(event, (e) => {
    e.preventDefault();
    Promise.resolve(act()).catch((why) => say(why.message));
  });

  function switched(id, is, set) {
    on(id, "click", async () => { await room.localParticipant[set](!room.localParticipant[is]); pressed(); });
  }
  switched("microphone", "isMicrophoneEnabled", "setMicrophoneEnabled");
  switched("camera", "isCameraEnabled", "setCameraEnabled");
  switched("screen", "isScreenShareEnabled", "setScreenShareEnabled");

  on("leave", "click", () => room.disconnect());
  on("another", "click", () => {
    const letters = "abcdefghijkmnpqrstuvwxyz23456789";
    $("room").value = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => letters[n % letters.length]).join("").replace(/(....)(?=.)/g, "$1-");
  });
  on("login", "click", () => location.assign("/meeting/login?room=" + encodeURIComponent(new URLSearchParams(location.search).get("room") || "")));
  on("logout", "click", async () => {
    const { at } = await ask("/meeting/logout", {});
    location.assign(at || "/");
  });
  on("person", "submit", async () => enter(await ask("/meeting/enter", { room: $("room").value }), true));
  on("guest", "submit", async () => enter(await ask("/meeting/guest", { invitation: location.hash.slice(1), name: $("name").value }), false));
  on("invite", "click", async () => {
    const { link, ends } = await ask("/meeting/invitation", { room: name });
    $("invitation").hidden = false;
    $("link").value = link;
    $("link").select();
    $("ends").textContent = "until " + new Date(ends * 1000).toLocaleString();
  });

  async function begin(why) {
    say(why);
    const me = await ask("/meeting/me");
    $("who").textContent = me.name || "";
    $("logout").hidden = !me.name;
    $("login").hidden = !me.login;
    if (location.hash === "#login-failed") say("The login failed. Try again.");
    else if (location.hash.length > 1) return shown("guest");
    $("room").value = $("room").value || new URLSearchParams(location.search).get("room") || "";
    shown(me.name ? "person" : "stranger");
  }
  window.addEventListener("hashchange", () => { if (!room) begin(""); });
  begin("").catch((why) => say(why.message));
})();
