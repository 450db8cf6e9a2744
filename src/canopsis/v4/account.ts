/** The rights to heartbeats, in the order in which Canopsis 4.3 names them, with their bits in 4.2's masks. */
const MASKS = { create: 8, delete: 1, read: 4, update: 2 } as const;
type Action = keyof typeof MASKS;
const ACTIONS = Object.keys(MASKS) as Action[];

/** What rights are given to: the calls, and by the original's web page what it shows of heartbeats. */
const OBJECTS = ['api_heartbeat', 'models_exploitation_heartbeat'];

/** Who calls, and what they may do; other rights than those to heartbeats are left out. */
export interface Account {
  readonly name: string;
  readonly rights: readonly string[];
}

/** What a generation answers to `account/me`. */
export type AccountForm = (account: Account) => Readonly<Record<string, unknown>>;

const actionsOf = ({ rights }: Account): Action[] => ACTIONS.filter((action) => rights.includes(action));

/** 4.2: rights as bit masks. */
export const accountOf42: AccountForm = (account) => {
  const checksum = actionsOf(account).reduce((mask, action) => mask | MASKS[action], 0);
  return {
    _id: account.name,
    crecord_name: account.name,
    role: '',
    mail: '',
    firstname: '',
    lastname: '',
    enable: true,
    external_id: '',
    source: '',
    // The original tells the key itself.
    authkey: '',
    ui_language: '',
    groupsNavigationType: '',
    tours: null,
    defaultview: '',
    rights: Object.fromEntries(OBJECTS.map((object) => [object, { checksum }])),
  };
};

/** 4.3: permissions as lists of actions. */
export const accountOf43: AccountForm = (account) => ({
  _id: account.name,
  name: account.name,
  email: '',
  role: { _id: '', name: '' },
  permissions: OBJECTS.map((object) => ({
    _id: object,
    name: object,
    description: '',
    type: 'CRUD',
    actions: actionsOf(account),
  })),
});
