import { ContainerMachine } from '../../container-machine.ts';
import { admin, Product, until } from '../../product.ts';
import type { OciImage } from '../../services/oci-image.ts';
import { enterPrivateNetwork } from '../../services/private-network.ts';

export interface BenchProduct extends AsyncDisposable {
  product: Product;
  /** Reference of the game's image; undefined where games run as processes. */
  image: string | undefined;
  /** Resolves when the node can run games as they are to be run; to be called after the start. */
  isReady(): Promise<void>;
}

/** The product for a benchmark, whose argument `containerd` has its games run in containers. */
export async function benchProduct(
  entryUrl: string,
  makeImage: () => OciImage | undefined,
): Promise<BenchProduct> {
  const environment = {
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
    CATALYST_LOG_LEVEL: 'warn',
  };
  if (process.argv[2] !== 'containerd') {
    const product = await Product.create(environment);
    return {
      product,
      image: undefined,
      isReady: async () => {},
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  }
  enterPrivateNetwork(entryUrl);
  const machine = await ContainerMachine.create(environment);
  const image = makeImage();
  if (typeof machine === 'string') throw new Error(`Not measured: ${machine}`);
  if (!image) throw new Error('Not measured: there is nothing to make an image of');
  return {
    product: machine.product,
    image: await machine.push(image, 'games/bench'),
    async isReady() {
      const client = await machine.product.adminClient();
      await until('containerd is available', async () => {
        const { items } = await client.nodes.list();
        return items.some(({ health }) =>
          health?.runtimes.some(({ name, available }) => name === 'containerd' && available),
        );
      });
    },
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  };
}
