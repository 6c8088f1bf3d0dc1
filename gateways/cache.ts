export interface Cache {
  get(key: string): Promise<string | null>;
  getBytes(key: string): Promise<Buffer | null>;
  set(key: string, value: string | Buffer, ttlSeconds: number): Promise<void>;
  drop(keys: readonly string[]): Promise<boolean>;
}
