/**
 * The server's time, whatever the computer's clock says.
 *
 * Each answer says when it was made, somewhere between the request and the answer; what several say together is exact.
 * `performance.now()` goes on evenly when somebody sets the computer's clock.
 */

const REMEMBERED = "lms.clock";

/** @type {{ earliest: number, latest: number } | null} Server time less `performance.now()`, in milliseconds. */
let offset = null;

/**
 * Learn from an answer. `tick` is the grain of what the server said: 1000 for a `Date` header.
 * @param {number} serverTime
 * @param {number} asked `performance.now()` before the request
 * @param {number} answered `performance.now()` after the answer
 * @param {number} [tick]
 */
export function learn(serverTime, asked, answered, tick = 1) {
  const heard = { earliest: serverTime - answered, latest: serverTime + tick - asked };
  const both = offset && {
    earliest: Math.max(offset.earliest, heard.earliest),
    latest: Math.min(offset.latest, heard.latest),
  };
  // The two contradict each other when the computer slept.
  offset = both && both.earliest <= both.latest ? both : heard;
  localStorage.setItem(REMEMBERED, String(Math.round(serverNow() - Date.now())));
}

/** The time on the server, in milliseconds since 1970. Until the first answer, by how wrong the computer's clock was. */
export function serverNow() {
  return offset
    ? performance.now() + (offset.earliest + offset.latest) / 2
    : Date.now() + Number(localStorage.getItem(REMEMBERED));
}
