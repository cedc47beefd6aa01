// A channel of ssh2 with nothing behind it, as a process of its own: the subsystem `sink` takes what comes, `source`
// gives as many bytes as the first argument says. Prints its port; lets anybody in.
import ssh2 from 'ssh2';

const [algorithms, bytesToGive] = [JSON.parse(process.argv[2]), Number(process.argv[3])];
const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519');
const server = new ssh2.Server({ hostKeys: [hostKey], algorithms }, (client) => {
  client.on('error', () => {});
  client.on('authentication', (context) => context.accept());
  client.on('session', (accept) => {
    accept().on('subsystem', async (acceptSubsystem, _reject, { name }) => {
      const channel = acceptSubsystem();
      const end = () => {
        channel.exit(0);
        channel.end();
      };
      if (name === 'sink') {
        channel.resume().once('end', end);
        return;
      }
      const piece = Buffer.alloc(256 * 1024);
      for (let given = 0; given < bytesToGive; given += piece.length) {
        if (!channel.write(piece)) await new Promise((resolve) => channel.once('drain', resolve));
      }
      end();
    });
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
