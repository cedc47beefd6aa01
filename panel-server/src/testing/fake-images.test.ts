import { Readable } from 'node:stream';
import type { ImagePull } from '@catalyst/shared/features/images-link';
import { imageCallSuite } from '@catalyst/shared/testing/image-call-suite';
import { v7 as uuid } from 'uuid';
import { FakeAgent } from './fake-agent.ts';
import { testPanel } from './test-panel.ts';

const archive = Buffer.alloc(1024);
archive.write('ustar', 257);

imageCallSuite('images of the fake agent', async () => {
  const panel = await testPanel();
  const agent = await FakeAgent.linked(panel);
  const told: ImagePull[] = [];
  const { agents, tickets } = panel.panel.core;
  agent.images.whenTold = (pull) => told.push(pull);
  return {
    call: (name, input) => agents.call(agent.nodeId, name, input) as never,
    told,
    reference: 'registry.example.com/games/minecraft:21',
    privateReference: '10.0.0.5:5000/games/minecraft:21',
    offer: async (what) => {
      const bytes = what === 'archive' ? archive : Buffer.from('nothing that anybody would want');
      return tickets.offer({ nodeId: agent.nodeId, kind: 'image-import' }, Readable.from([bytes])).id;
    },
    newId: uuid,
    close: async () => {
      agent.disconnect();
      await panel.close();
    },
  };
});
