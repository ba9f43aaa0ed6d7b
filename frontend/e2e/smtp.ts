import { connect } from 'node:net';

/** Hands a message to an SMTP server, as a mail server would. */
export function sendMail(port: number, from: string, to: string, raw: string): Promise<void> {
  const text = raw.replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..');
  const steps = [
    'EHLO e2e.example',
    `MAIL FROM:<${from}>`,
    `RCPT TO:<${to}>`,
    'DATA',
    `${text}\r\n.`,
    'QUIT',
  ];
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(10_000, () => socket.destroy(new Error('the mail server says nothing')));
    socket.once('error', failed);
    socket.once('close', () => done());
    socket.on('data', (part: string) => {
      answer += part;
      // The last line of an answer has a blank after its code.
      const last = /^(\d)\d\d [^\n]*\n$/m.exec(answer);
      if (!last) return;
      if (last[1] !== '2' && last[1] !== '3') socket.destroy(new Error(answer));
      answer = '';
      const next = steps.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
  });
}
