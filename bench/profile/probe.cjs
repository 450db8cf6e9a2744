// Loaded before everything else (`--require`): SIGUSR2 begins a profile of the processor, and the next one writes it to PROFILE_FILE.
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');

const session = new Session();
session.connect();
let running = false;
process.on('SIGUSR2', () => {
  if (running) {
    session.post('Profiler.stop', (error, result) => {
      writeFileSync(process.env.PROFILE_FILE, JSON.stringify(error ?? result.profile));
    });
  } else {
    session.post('Profiler.enable');
    session.post('Profiler.start');
  }
  running = !running;
});
