import assert from 'node:assert/strict';
import { type InputBoxOptions, type QuickPickItem, type Uri, window } from 'vscode';
import { clearDesk, slipway } from './slipway';

type Answer =
  | { readonly kind: 'type'; readonly title: RegExp; readonly text: string }
  | { readonly kind: 'pick'; readonly title: RegExp; readonly label: RegExp }
  | { readonly kind: 'file'; readonly title: RegExp; readonly uri: Uri }
  | { readonly kind: 'agree'; readonly title: RegExp; readonly button: string }
  | { readonly kind: 'dismiss'; readonly title: RegExp };

/** A message on screen, with its buttons. */
export interface Message {
  readonly text: string;
  readonly buttons: readonly string[];
}

interface PickOptions {
  readonly title?: string;
  readonly canPickMany?: boolean;
}

type Functions = Pick<
  typeof window,
  | 'showInputBox'
  | 'showQuickPick'
  | 'showSaveDialog'
  | 'showOpenDialog'
  | 'showWarningMessage'
  | 'showErrorMessage'
>;

const functions = [
  'showInputBox',
  'showQuickPick',
  'showSaveDialog',
  'showOpenDialog',
  'showWarningMessage',
  'showErrorMessage',
] as const;

/** Sits in front of VS Code in place of a person: answers what it is asked, in order, and reads its messages. */
export class User {
  readonly messages: Message[] = [];
  private readonly answers: Answer[] = [];
  private readonly unexpected: string[] = [];
  private original: Functions | undefined;
  private button: string | undefined;

  /** Takes VS Code, and remembers nothing of before. */
  arrive(): this {
    for (const list of [this.messages, this.answers, this.unexpected]) list.length = 0;
    this.button = undefined;
    this.original = Object.fromEntries(functions.map((name) => [name, window[name]])) as unknown as Functions;
    Object.assign(window, {
      showInputBox: async (options: InputBoxOptions = {}) => {
        const answer = this.next(options.title, 'type');
        if (!answer) return undefined;
        const problem = await options.validateInput?.(answer.text);
        assert.equal(problem ?? undefined, undefined, `'${answer.text}' is accepted`);
        return answer.text;
      },
      showQuickPick: async (items: Promise<readonly QuickPickItem[]>, options: PickOptions = {}) => {
        const answer = this.next(options.title, 'pick');
        if (!answer) return undefined;
        const shown = await items;
        const chosen = shown.find(({ label }) => answer.label.test(label));
        assert.ok(chosen, `${String(answer.label)} is among ${shown.map(({ label }) => label).join(', ')}`);
        return options.canPickMany ? shown.filter(({ label }) => answer.label.test(label)) : chosen;
      },
      showSaveDialog: async (options: { title?: string } = {}) => this.next(options.title, 'file')?.uri,
      showOpenDialog: async (options: { title?: string } = {}) => {
        const uri = this.next(options.title, 'file')?.uri;
        return uri && [uri];
      },
      showWarningMessage: async (text: string, _options: object, ...buttons: string[]) => {
        const button = this.next(text, 'agree')?.button;
        return buttons.find((label) => label === button);
      },
      showErrorMessage: async (text: string, ...buttons: string[]) => {
        this.messages.push({ text, buttons });
        const pressed = this.button;
        this.button = undefined;
        return buttons.find((label) => label === pressed);
      },
    });
    return this;
  }

  /** Types `text` into the input box of that title. */
  types(title: RegExp, text: string): this {
    this.answers.push({ kind: 'type', title, text });
    return this;
  }

  /** Chooses the first entry of the list of that title whose label matches; where many may be chosen, every one. */
  picks(title: RegExp, label: RegExp): this {
    this.answers.push({ kind: 'pick', title, label });
    return this;
  }

  choosesFile(title: RegExp, uri: Uri): this {
    this.answers.push({ kind: 'file', title, uri });
    return this;
  }

  /** Presses the button of that label on the question of that text. */
  agrees(title: RegExp, button: string): this {
    this.answers.push({ kind: 'agree', title, button });
    return this;
  }

  /** Escapes from whatever of that title comes. */
  dismisses(title: RegExp): this {
    this.answers.push({ kind: 'dismiss', title });
    return this;
  }

  /** Presses the button of that label on the next message. */
  presses(button: string): this {
    this.button = button;
    return this;
  }

  /** The one message there was; forgets it. */
  takeMessage(): Message {
    const [message, ...others] = this.messages.splice(0);
    assert.ok(message, 'there is a message');
    assert.deepEqual(others, []);
    return message;
  }

  /** Gives VS Code back; fails on questions without answer, answers without question and messages nobody read. */
  leave(): void {
    Object.assign(window, this.original);
    assert.deepEqual(this.unexpected, [], 'questions nobody expected');
    assert.deepEqual(this.answers, [], 'answers nobody asked for');
    assert.deepEqual(this.messages, [], 'messages nobody read');
  }

  private next<K extends Answer['kind']>(
    title: string | undefined,
    kind: K,
  ): (Answer & { kind: K }) | undefined {
    const [answer] = this.answers;
    if (answer && (answer.kind === kind || answer.kind === 'dismiss') && answer.title.test(title ?? '')) {
      this.answers.shift();
      return answer.kind === kind ? (answer as Answer & { kind: K }) : undefined;
    }
    this.unexpected.push(`${kind}: ${title}`);
    return undefined;
  }
}

/**
 * In a `describe`: who arrives before each of its tests, and leaves after it, when the desk is cleared. What the suite
 * itself takes back after each test comes before, so that messages about it are noticed.
 */
export function userAtDesk(): User {
  const user = new User();
  beforeEach('a user arrives', () => void user.arrive());
  afterEach('the desk is cleared', async () => {
    await clearDesk(await slipway());
    user.leave();
  });
  return user;
}
