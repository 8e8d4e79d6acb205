// As much of PsychoJS as a compiled page needs to run in node, without a screen and in a time of
// its own: what the page schedules is done frame by frame, and keys are pressed by a rule.  It
// shows that the code of our experiment is JavaScript that works; it is no PsychoJS.
import { readFileSync } from 'node:fs';

const FRAME_S = 1 / 60;
const ANSWER_S = 0.2;
let now = 0;
const onFlip = [];
const drawn = new Set();
const screens = [];

globalThis.window = { navigator: { platform: 'node' } };

const look = () => {
  const screen = [...drawn].map((one) => one.name).join('+');
  if (screen !== screens.at(-1)?.[1]) screens.push([now, screen]);
};
const flip = () => {
  look();
  now += FRAME_S;
  onFlip.splice(0).forEach((call) => call());
};

class Clock {
  reset(time = 0) { this.at = now + time; }
  constructor() { this.reset(); }
  add(time) { this.at += time; }
  getTime() { return now - this.at; }
}
class CountdownTimer extends Clock {
  getTime() { return this.at - now; }
}

const Event = { NEXT: 'next', FLIP_REPEAT: 'again', QUIT: 'quit' };
class Scheduler {
  static Event = Event;
  tasks = [];
  add(task, ...given) { this.tasks.push([task, given]); }
  stop() { this.tasks = []; }
  async run() {
    while (this.tasks.length) {
      const [task, given] = this.tasks.shift();
      if (task instanceof Scheduler) {
        await task.run();
        continue;
      }
      while ((await task(...given)) === Event.FLIP_REPEAT) flip();
    }
  }
}

class TrialHandler {
  static Method = { SEQUENTIAL: 'sequential' };
  static fromSnapshot(snapshot) {
    if (snapshot) snapshot.handler.thisN = snapshot.thisN;
  }
  static importConditions(server, name, selection) {
    const [header, ...rows] = readFileSync(name, 'utf-8').trim().split('\n').map((l) => l.split(','));
    const value = (cell) => (cell === '' || Number.isNaN(Number(cell)) ? cell : Number(cell));
    const all = rows.map((row) => Object.fromEntries(header.map((one, n) => [one, value(row[n])])));
    return selection.map((n) => all[n]);
  }
  constructor(given) { Object.assign(this, given, { thisN: -1 }); }
  *[Symbol.iterator]() {
    for (const one of this.trialList) {
      this.thisN += 1;
      yield one;
    }
  }
  getSnapshot() {
    const trial = this.trialList[this.thisN];
    return { handler: this, thisN: this.thisN, finished: false, getCurrentTrial: () => trial };
  }
}

const Status = { NOT_STARTED: Symbol('not'), STARTED: Symbol('started'), FINISHED: Symbol('done') };
class Stimulus {
  status = Status.NOT_STARTED;
  constructor(given) { Object.assign(this, given); }
  setText(text) { this.text = text; }
  setImage(image) { this.image = image; }
  setPos(pos) { this.pos = pos; }
  setSize(size) { this.size = size; }
  setAutoDraw(on) {
    drawn[on ? 'add' : 'delete'](this);
    this.status = on ? Status.STARTED : Status.FINISHED;
  }
}

class Keyboard {
  status = Status.NOT_STARTED;
  constructor(given) { Object.assign(this, given); }
  start() { this.status = Status.STARTED; }
  stop() { this.status = Status.FINISHED; }
  clearEvents() {}
  getKeys({ keyList }) {
    const rt = this.clock.getTime();
    if (rt < ANSWER_S) return [];
    const name = keyList.includes('space') ? 'space' : keyList[globalThis.frame > 2 ? 1 : 0];
    return [{ name, rt, duration: undefined }];
  }
}

const rows = [];
let entry = {};
class PsychoJS {
  static Status = Status;
  schedulers = [];
  serverManager = {};
  experimentLogger = { setLevel() {} };
  eventManager = { getKeys: () => [] };
  gui = { DlgFromDict: () => {}, dialogComponent: { button: 'OK' } };
  window = {
    monitorFramePeriod: FRAME_S,
    callOnFlip: (call) => onFlip.push(call),
    getActualFrameRate: () => 60,
    close() {},
  };
  experiment = {
    _unfinishedLoops: [],
    addLoop() {},
    removeLoop() {},
    isEntryEmpty: () => Object.keys(entry).length === 0,
    addData(name, value) { entry[name] = value; },
    nextEntry(snapshot) {
      rows.push({ ...snapshot?.getCurrentTrial(), ...entry });
      entry = {};
    },
  };
  openWindow() {}
  schedule() {}
  scheduleCondition(condition, yes) { this.flow = yes; }
  importAttributes(trial) { Object.assign(globalThis, trial); }
  quit() {}
  start() {
    this.flow.run().then(
      () => console.log(JSON.stringify({ rows, screens })),
      (error) => {
        console.error(error);
        process.exitCode = 1;
      }
    );
  }
}

export const core = { PsychoJS, Keyboard, Logger: { ServerLevel: { INFO: 'info' } } };
export const data = { TrialHandler, MultiStairHandler: class {} };
export const sound = {};
export const hardware = {};
export const visual = { TextStim: Stimulus, ImageStim: Stimulus };
export const util = {
  Clock,
  CountdownTimer,
  Scheduler,
  Color: class {},
  MonotonicClock: { getDateStr: () => 'today' },
  round: Math.round,
  getUrlParameters: () => new URLSearchParams(),
  addInfoFromUrl(info) { info.participant = process.env.PARTICIPANT; },
};
