import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

/** A server that somebody keeps at hand; gone with either. */
export interface FavouriteRow {
  userId: string;
  serverId: string;
  createdAt: Date;
}

export const FavouriteEntity = new EntitySchema<FavouriteRow>({
  name: 'Favourite',
  tableName: 'server_favourites',
  columns: {
    userId: idColumn(),
    serverId: idColumn(),
    createdAt: timeColumn(),
  },
});
