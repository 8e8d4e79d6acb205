"use strict";
// Plays the trials of a list with jsPsych 7 or 8.

const LIBRARY = [
  "initJsPsych",
  "jsPsychPreload",
  "jsPsychHtmlKeyboardResponse",
  "jsPsychImageKeyboardResponse",
];

const timeline = (jsPsych, list) => {
  const answers = answersOf(list);
  const reminder = reminderOf(list);
  const pretest = []; // answers from which the balance points follow
  let tapped = false;
  let faceMs = null;
  let last = null; // what is recorded of the last feedback

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

  const preload = {
    type: jsPsychPreload,
    images: PICTURES,
    message: `<p class="page">${LOADING}</p>`,
    error_message: `<p class="problem">${NO_PICTURES}</p>`,
    continue_after_error: false,
    on_error: (file) => {
      window.removeEventListener("beforeunload", warn);
      console.error(`not loaded: ${file}`); // for whoever made the study
    },
  };

  const text = (stimulus, screen) => ({
    type: jsPsychHtmlKeyboardResponse,
    stimulus,
    choices: [" "],
    on_load: listenForTaps,
    data: { screen },
  });

  const fixation = ({ face, fixation_ms }) => ({
    type: jsPsychHtmlKeyboardResponse,
    stimulus: () => crossOf(face),
    prompt: reminder,
    choices: "NO_KEYS",
    trial_duration: fixation_ms,
    data: { screen: "fixation" },
  });

  const mask = new Image();
  if (TASK.mask_ms) mask.src = MASK;
  mask.decode().catch(() => {}); // ready when the first face goes; preload says if it is missing
  const takeFaceAway = () => {
    const canvas = document.querySelector("canvas");
    const picture = canvas.getContext("2d");
    const { width, height } = canvas;
    faceMs = null;
    const clear = () => picture.clearRect(0, 0, width, height);
    takeAway(
      () => canvas.isConnected,
      (after) => {
        clear();
        picture.drawImage(mask, 0, 0, width, height);
        faceMs = after;
      },
      (after) => {
        clear();
        if (faceMs === null) faceMs = after;
      }
    );
  };

  const judgement = ({ face, told, feedback }) => ({
    type: jsPsychImageKeyboardResponse,
    stimulus: face.image_file,
    stimulus_height: () => shownHeight(face),
    prompt: reminder,
    choices: answers.map((answer) => answer.key),
    post_trial_gap: told.phase === "training" ? 0 : TASK.iti_ms,
    on_load: () => {
      listenForTaps();
      takeFaceAway();
    },
    data: { screen: "judgement", ...told, ...face },
    on_finish: (data) => {
      const answer = answers.find(({ key }) => key === data.response);
      Object.assign(data, recordOf(face, answer, tapped, faceMs));
      if (told.phase === "pretest") pretest.push({ ...face, label: answer.label });
      if (told.phase !== "training") return;
      last = feedbackOf(face, answer.label, feedback, pretest, TASK.feedback);
      Object.assign(data, last);
    },
  });

  const feedback = ({ face }) => ({
    type: jsPsychHtmlKeyboardResponse,
    stimulus: () => feedbackScreen(face, last),
    prompt: reminder,
    choices: "NO_KEYS",
    trial_duration: TASK.feedback.feedback_ms,
    post_trial_gap: TASK.iti_ms,
    data: { screen: "feedback" },
  });

  const screens = trialsOf(list).flatMap((trial) => [
    ...(trial.before === null ? [] : [text(trial.before, "pause")]),
    fixation(trial),
    judgement(trial),
    ...(trial.told.phase === "training" ? [feedback(trial)] : []),
  ]);
  return [preload, text(instructionScreen(list), "instructions"), ...screens];
};

const play = async (participant, list) => {
  const jsPsych = initJsPsych();
  window.jsPsych = jsPsych; // for the console
  jsPsych.data.addProperties({ participant, list });
  await jsPsych.run(timeline(jsPsych, list));
  return jsPsych.data.get().filter({ screen: "judgement" }).csv();
};

if (LIBRARY.some((name) => !(name in window))) {
  stop(
    "The task cannot start, because jsPsych (version 7 or 8) could not be loaded. " +
      "Without a copy of it in the folder jspsych, this page needs the internet."
  );
} else {
  begin(play);
}
