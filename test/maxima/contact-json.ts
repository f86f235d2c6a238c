/** A contact, as far as tests look at it (spec 09 §19). */
export interface ContactJson {
  readonly id: number;
  readonly publickey: string;
  readonly currentaddress: string;
  readonly myaddress: string;
  readonly extradata: Readonly<Record<string, string>>;
  readonly samechain: boolean;
}
