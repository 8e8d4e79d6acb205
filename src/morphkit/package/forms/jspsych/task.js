"use strict";
// One face at a time, one answer for each.  Runs with jsPsych 7 and 8.
// STIMULI, RESPONSES and TASK come from stimuli.js: change words and times there.

const ROOM_BELOW_PX = 110; // for the reminder of the keys
const LIBRARY = [
  "initJsPsych",
  "jsPsychPreload",
  "jsPsychHtmlKeyboardResponse",
  "jsPsychImageKeyboardResponse",
];

const escaped = (text) => {
  const box = document.createElement("div");
  box.textContent = text;
  return box.innerHTML;
};

const stop = (message) => {
  document.body.innerHTML = `<p class="problem">${escaped(message)}</p>`;
};

// The answers and their keys; a tap on one counts like its key, for tablets.
const reminder = `<div class="reminder">${RESPONSES.map(
  ({ key, label }) => `<span data-key="${key}"><kbd>${key.toUpperCase()}</kbd> ${escaped(label)}</span>`
).join("")}</div>`;

// A face is shown pixel for pixel; only a window that is too small makes it smaller.
const shownHeight = (row) => {
  const room = Math.min(
    (window.innerHeight - ROOM_BELOW_PX) / row.height_px,
    window.innerWidth / row.width_px
  );
  return Math.max(1, Math.round(row.height_px * Math.min(1, room)));
};

const cross = (row) => {
  const height = shownHeight(row);
  const width = Math.round((row.width_px * height) / row.height_px);
  return `<div class="cross" style="width: ${width}px; height: ${height}px">+</div>`;
};

const timeline = (jsPsych) => {
  let tapped = false;
  const listenForTaps = () => {
    tapped = false;
    for (const spot of document.querySelectorAll("[data-key]")) {
      spot.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        tapped = true;
        jsPsych.pluginAPI.pressKey(spot.dataset.key);
      });
    }
  };

  // jsPsych does not find the pictures by itself: the list must be explicit.
  const preload = {
    type: jsPsychPreload,
    images: STIMULI.map((row) => row.image_file),
    message: '<p class="page">Loading the pictures…</p>',
    error_message:
      '<p class="problem">The task cannot start: pictures are missing or could not be loaded. ' +
      "Please tell the person who asked you to do it.</p>",
    show_detailed_errors: true,
    continue_after_error: false,
  };

  const instructions = {
    type: jsPsychHtmlKeyboardResponse,
    stimulus: `<div class="page">${TASK.instructions
      .map((paragraph) => `<p>${escaped(paragraph)}</p>`)
      .join("")}<p><span data-key=" "><kbd>Space</kbd> to start</span></p></div>`,
    choices: [" "],
    on_load: listenForTaps,
    data: { screen: "instructions" },
  };

  const fixation = (row) => ({
    type: jsPsychHtmlKeyboardResponse,
    stimulus: () => cross(row),
    prompt: reminder,
    choices: "NO_KEYS",
    trial_duration: TASK.fixation_ms,
    data: { screen: "fixation" },
  });

  const judgement = (row, place) => ({
    type: jsPsychImageKeyboardResponse,
    stimulus: row.image_file,
    stimulus_height: () => shownHeight(row),
    prompt: reminder,
    choices: RESPONSES.map((response) => response.key),
    on_load: listenForTaps,
    data: { screen: "judgement", trial: place + 1, ...row },
    on_finish: (data) => {
      const answer = RESPONSES.find((response) => response.key === data.response);
      data.response_label = answer.label;
      data.response_level = answer.level;
      data.response_device = tapped ? "screen" : "keyboard";
      data.shown_height_px = shownHeight(row);
      data.device_pixel_ratio = window.devicePixelRatio;
    },
  });

  const trials = jsPsych.randomization
    .shuffle(STIMULI)
    .flatMap((row, place) => [fixation(row), judgement(row, place)]);
  return [preload, instructions, ...trials];
};

const thank = (save, fileName) => {
  document.body.className = "";
  document.body.innerHTML = `<div class="page"><p>Thank you! That was the last face.</p>
    <p>The answers are in the file <strong>${escaped(fileName)}</strong>, in the folder where
    this browser puts downloads.</p><p><button id="save">Save the file again</button></p></div>`;
  document.getElementById("save").addEventListener("click", save);
};

const run = async (participant) => {
  document.getElementById("start").remove();
  const warn = (event) => event.preventDefault(); // leaving now would lose the answers
  window.addEventListener("beforeunload", warn);
  const jsPsych = initJsPsych();
  window.jsPsych = jsPsych; // for the console
  jsPsych.data.addProperties({ participant });
  await jsPsych.run(timeline(jsPsych));
  const fileName = `${TASK.name}_${participant}.csv`;
  const save = () =>
    jsPsych.data.get().filter({ screen: "judgement" }).localSave("csv", fileName);
  save();
  window.removeEventListener("beforeunload", warn);
  thank(save, fileName);
};

document.documentElement.style.setProperty("--grey", `rgb(${Array(3).fill(TASK.grey).join(", ")})`);
document.documentElement.style.setProperty("--ink", TASK.grey < 110 ? "#fff" : "#000");

if (LIBRARY.some((name) => !(name in window))) {
  stop(
    "The task cannot start, because jsPsych (version 7 or 8) could not be loaded. " +
      "Without a copy of it in the folder jspsych, this page needs the internet."
  );
} else {
  document.getElementById("start").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = document.getElementById("participant").value.trim();
    run(typed || String(Math.floor(100000 + 900000 * Math.random())));
  });
}
