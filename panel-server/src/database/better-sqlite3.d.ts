/** The part of better-sqlite3 that we call ourselves; TypeORM drives the rest. */
declare module 'better-sqlite3' {
  interface Statement {
    all(...parameters: unknown[]): unknown[];
    get(...parameters: unknown[]): unknown;
    run(...parameters: unknown[]): { changes: number };
    pluck(): Statement;
  }
  class Database {
    constructor(path: string, options?: { readonly?: boolean; fileMustExist?: boolean; timeout?: number });
    prepare(sql: string): Statement;
    exec(sql: string): this;
    pragma(text: string, options?: { simple?: boolean }): unknown;
    backup(path: string, options?: { progress?: (state: object) => number }): Promise<unknown>;
    close(): void;
  }
  export default Database;
}
