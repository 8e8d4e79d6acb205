"use strict";
// The screens of the task, and its beginning and end; task.js plays them.
// STIMULI, LISTS and TASK come from stimuli.js: change words and times there.

const ROOM_BELOW_PX = 110; // for the reminder of the keys
const HALF_FRAME_MS = 8; // of a screen with 60 Hz
const MASK = "mask.png";
const GO_ON = "Press the space bar to go on.";
const LOADING = "Loading the pictures…";
const NO_PICTURES =
  "The task cannot start: pictures are missing or could not be loaded. " +
  "Please tell the person who asked you to do it.";

// No library finds the pictures by itself: the list must be explicit.
const PICTURES = STIMULI.map((face) => face.image_file).concat(TASK.mask_ms ? [MASK] : []);

// Hands over the answers of a participant, when all are given: the text of a CSV file.  As it
// is, the browser saves the file on the participant's own computer.  To collect the answers,
// write in place of the last line what sends them to your host, and return its promise:
//   JATOS (with <script src="jatos.js"></script> in the head of index.html):
//     return jatos.submitResultData(csv);
//   a server of your own, which keeps what is sent to an address of yours:
//     const sent = fetch("/answers/" + encodeURIComponent(fileName), { method: "POST", body: csv });
//     return sent.then((reply) => reply.ok || Promise.reject(reply));
const deliver = (csv, fileName) => {
  download(csv, fileName);
};

let isOnThisComputer = false;
const download = (csv, fileName) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  isOnThisComputer = true;
};

const escaped = (text) => {
  const box = document.createElement("div");
  box.textContent = text;
  return box.innerHTML;
};

const warn = (event) => event.preventDefault(); // leaving now would lose the answers

const stop = (message) => {
  window.removeEventListener("beforeunload", warn);
  document.body.className = "";
  document.body.innerHTML = `<p class="problem">${escaped(message)}</p>`;
};

// What is different between odd and even lists, where these exchange keys.
const ofList = (variants, list) => variants[(list - 1) % variants.length];
const answersOf = (list) => ofList(TASK.answers, list);

// The trials of a list; `before` is the text of the screen that waits before the trial, if any.
const trialsOf = (list) =>
  LISTS[list - 1].map(([row, phase, block, fixation_ms, feedback], place, all) => {
    const [, phaseBefore, blockBefore] = all[place - 1] || [0, phase, block];
    const pause = phase === phaseBefore ? [] : [TASK.before[phase]];
    return {
      face: STIMULI[row],
      told: { trial: place + 1, phase, block },
      fixation_ms,
      feedback,
      before: block === blockBefore ? null : textScreen(pause, pause.length ? GO_ON : TASK.pause),
    };
  });

// A screen of text; a tap on its last line counts like the space bar, for tablets.
const textScreen = (paragraphs, goOn) =>
  `<div class="page">${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join("")}
  <p><span class="go" data-key=" ">${escaped(goOn)}</span></p></div>`;

const instructionScreen = (list) => {
  const phase = LISTS[list - 1][0][1];
  const practice = phase === "practice" ? [TASK.before[phase]] : [];
  return textScreen([...ofList(TASK.instructions, list), ...practice], TASK.start);
};

// The answers and their keys; a tap on one counts like its key.
const reminderOf = (list) => {
  const rates = TASK.asks === "rating";
  const keys = answersOf(list).map(({ key, label }) => {
    const word = rates ? "" : ` ${escaped(label)}`;
    return `<span data-key="${key}"><kbd>${key.toUpperCase()}</kbd>${word}</span>`;
  });
  const ends = ofList(TASK.reminder, list).map((text) => `<span>${escaped(text)}</span>`);
  const below = rates ? `<div class="ends">${ends.join("")}</div>` : "";
  return `<div class="reminder${rates ? " rating" : ""}">${keys.join("")}</div>${below}`;
};

// A face is shown pixel for pixel; only a window that is too small makes it smaller.
const shownHeight = (face) => {
  const room = Math.min(
    (window.innerHeight - ROOM_BELOW_PX) / face.height_px,
    window.innerWidth / face.width_px
  );
  return Math.max(1, Math.round(face.height_px * Math.min(1, room)));
};

const shownSize = (face) => {
  const height = shownHeight(face);
  return `width: ${Math.round((face.width_px * height) / face.height_px)}px; height: ${height}px`;
};

const crossOf = (face) => `<div class="cross" style="${shownSize(face)}">+</div>`;

const feedbackScreen = (face, { feedback_label, feedback_right }) => {
  const { right, wrong, this_was } = TASK.feedback;
  const was = escaped(this_was.replace("{label}", feedback_label));
  return `<div class="feedback" style="height: ${shownHeight(face)}px">
    <strong>${feedback_right ? right : wrong}</strong><span>${was}</span></div>`;
};

// Takes a face away when its time is over, and then the mask: in whole frames of the screen,
// counted from the frame that shows the face (`onset`, if it is known already).
const takeAway = (isThere, showMask, showNothing, onset = null) => {
  if (TASK.exposure_ms === null) return;
  const steps = [
    [TASK.exposure_ms, TASK.mask_ms ? showMask : showNothing],
    ...(TASK.mask_ms ? [[TASK.exposure_ms + TASK.mask_ms, showNothing]] : []),
  ];
  const tick = (now) => {
    if (!isThere()) return;
    if (onset === null) onset = now;
    while (steps.length && now - onset >= steps[0][0] - HALF_FRAME_MS) {
      steps.shift()[1](now - onset);
    }
    if (steps.length) window.requestAnimationFrame(tick);
  };
  window.requestAnimationFrame(tick);
};

// What every answer is recorded with, beside the columns of the face.
const recordOf = (face, answer, tapped, faceMs) => ({
  response_label: answer.label,
  response_level: answer.level,
  response_device: tapped ? "screen" : "keyboard",
  ...(faceMs === null ? {} : { face_ms: Math.round(faceMs) }),
  shown_height_px: shownHeight(face),
  device_pixel_ratio: window.devicePixelRatio,
});

const thank = (csv, fileName) => {
  const where = `<p>The answers are in the file <strong>${escaped(fileName)}</strong>, in the
    folder where this browser puts downloads.</p>
    <p><button id="save">Save the file again</button></p>`;
  document.body.className = "";
  document.body.innerHTML = `<div class="page" id="end"><p>${escaped(TASK.thanks)}</p>
    ${isOnThisComputer ? where : ""}</div>`;
  const again = document.getElementById("save");
  if (again) again.addEventListener("click", () => download(csv, fileName));
};

// Asks for the participant, and plays; `play` returns the answers as the text of a CSV file.
const begin = (play) => {
  const run = async (participant) => {
    document.getElementById("start").remove();
    window.addEventListener("beforeunload", warn);
    const csv = await play(participant, listOf(participant, LISTS.length));
    const fileName = `${TASK.name}_${participant}.csv`;
    try {
      await deliver(csv, fileName);
    } catch (error) {
      console.error(error); // for whoever made the study
      download(csv, fileName); // so that nothing is lost
    }
    window.removeEventListener("beforeunload", warn);
    thank(csv, fileName);
  };
  const asked = new URLSearchParams(window.location.search);
  const field = document.getElementById("participant");
  field.value = asked.get("participant") || asked.get("PROLIFIC_PID") || "";
  document.getElementById("start").addEventListener("submit", (event) => {
    event.preventDefault();
    run(field.value.trim() || String(Math.floor(100000 + 900000 * Math.random())));
  });
};

document.documentElement.style.setProperty("--grey", `rgb(${Array(3).fill(TASK.grey).join(", ")})`);
document.documentElement.style.setProperty("--ink", TASK.grey < 110 ? "#fff" : "#000");
