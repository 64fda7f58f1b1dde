import { type FrameLocator, type Locator, type Page } from 'playwright-core';

/** Drives VS Code's workbench the way a user does: palette, quick input, trees, status bar, panels. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens the command palette and runs the command with exactly this title. */
  async runCommand(title: string): Promise<void> {
    if (!(await this.offersCommand(title))) throw new Error(`The palette has no command '${title}'.`);
    await this.commandRow(title).click();
  }

  /** Opens the palette on `title` and says whether the command is listed; leaves the palette open if it is. */
  async offersCommand(title: string): Promise<boolean> {
    // The list fills while extensions start; ask again until the command is there.
    for (let attempt = 0; attempt < 12; attempt++) {
      await this.openPalette();
      await this.quickInput.fill(`>${title}`);
      if (await appears(this.commandRow(title), 5_000)) return true;
      await this.dismiss();
    }
    return false;
  }

  /** Closes the quick input that is open, and waits until it is gone: one that is closing still takes text. */
  async dismiss(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  private commandRow(title: string): Locator {
    const label = this.page.locator('.label-name').getByText(title, { exact: true });
    return this.quickRows.filter({ has: label }).first();
  }

  private async openPalette(): Promise<void> {
    await this.page.keyboard.press('F1');
    if (await appears(this.quickInput, 3_000)) return;
    // A webview or terminal that swallows keys: give the focus back to the workbench.
    await this.page.locator('.part.titlebar, .part.statusbar').first().click();
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor({ timeout: 10_000 });
  }

  /** The text field of whatever quick input is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input.input:not([inert] *)').first();
  }

  private get quickRows(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }

  /** Types `text` into the input box titled or prompting `prompt` and accepts it. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.quickWidget(prompt).waitFor({ timeout: 20_000 });
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Chooses the entry whose text contains `label` in the quick pick titled or prompting `prompt`. */
  async pick(prompt: string | RegExp, label: string | RegExp): Promise<void> {
    await this.quickWidget(prompt).waitFor({ timeout: 20_000 });
    // Long lists show only a part until they are filtered.
    if (typeof label === 'string') await this.quickInput.fill(label);
    await this.quickRows.filter({ hasText: label }).first().click();
  }

  /**
   * Goes through a series of input boxes and picks as a hurried user would: `secret` for every password field,
   * what is offered for the rest. Ends when none has come up for a second.
   */
  async answerAll(secret: string): Promise<void> {
    for (let answered = 0; answered < 10; answered++) {
      if (!(await appears(this.quickInput, answered === 0 ? 5_000 : 1_000))) return;
      const label = await this.quickInput.getAttribute('aria-label');
      if ((await this.quickInput.getAttribute('type')) === 'password') await this.quickInput.fill(secret);
      await this.page.keyboard.press('Enter');
      // Gone, or another one: the answer is checked before the box closes.
      const same = this.page.locator(
        `.quick-input-widget:visible input.input[aria-label=${JSON.stringify(label)}]`,
      );
      await same.first().waitFor({ state: 'hidden' });
    }
    throw new Error('The input boxes do not end.');
  }

  /** Chooses a file in the open dialog titled `title`, by typing its path. */
  async chooseFile(title: string, file: string): Promise<void> {
    const dialog = this.quickWidget(title);
    await dialog.waitFor({ timeout: 20_000 });
    for (let attempt = 0; attempt < 10; attempt++) {
      // While the dialog still lists its folder it takes back what was typed.
      await this.quickRows.first().waitFor();
      await this.quickInput.fill(file);
      await this.page.keyboard.press('Enter');
      if (await disappears(dialog, 2_000)) return;
    }
    throw new Error(`The dialog “${title}” does not take ${file}.`);
  }

  private quickWidget(prompt: string | RegExp): Locator {
    const widget = this.page.locator('.quick-input-widget:visible');
    const byPlaceholder =
      typeof prompt === 'string' ? this.page.getByPlaceholder(prompt) : this.page.getByPlaceholder(prompt);
    return widget
      .filter({ hasText: prompt })
      .or(widget.filter({ has: byPlaceholder }))
      .first();
  }

  /** Shows the side bar's view container with this title. */
  async openView(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item').filter({
      has: this.page.locator(`a.action-label[aria-label^="${title}"]`),
    });
    await tab.first().waitFor({ timeout: 60_000 });
    if (!(await tab.first().getAttribute('class'))?.includes('checked')) await tab.first().click();
    await this.page
      .locator('.sidebar .composite.title')
      .filter({ hasText: new RegExp(title, 'i') })
      .waitFor();
  }

  /** Makes the side bar that many pixels wider. */
  async widenSideBar(by: number): Promise<void> {
    const { mouse } = this.page;
    const bar = await this.page.locator('.part.sidebar').boundingBox();
    if (!bar) throw new Error('There is no side bar.');
    const edge = bar.x + bar.width + 1;
    await mouse.move(edge, bar.y + bar.height / 3);
    await mouse.down();
    await mouse.move(edge + by, bar.y + bar.height / 3, { steps: 5 });
    await mouse.up();
  }

  /** The rows of the trees in the side bar. */
  get treeRows(): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row');
  }

  /** What the side bar's trees show now, a line per row, label and description. */
  async treeTexts(): Promise<string[]> {
    const texts = await this.treeRows.allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits for a tree row that contains `text` and gives it. */
  async waitForRow(text: string | RegExp, timeoutMs = 30_000): Promise<Locator> {
    const row = this.treeRows.filter({ hasText: text }).first();
    await row.waitFor({ timeout: timeoutMs });
    return row;
  }

  /** Opens a tree row's children if they are closed. */
  async expandRow(text: string | RegExp): Promise<void> {
    const row = await this.waitForRow(text);
    if ((await row.getAttribute('aria-expanded')) !== 'true') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** The texts of the status bar's items. */
  async statusBarTexts(): Promise<string[]> {
    const texts = await this.page.locator('.part.statusbar .statusbar-item:visible').allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
  }

  /** Waits for a status bar item whose text contains `text`; gives the item's text. */
  async waitForStatus(text: string | RegExp, timeoutMs = 30_000): Promise<string> {
    const item = this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
    await item.waitFor({ timeout: timeoutMs });
    return (await item.innerText()).replace(/\s+/g, ' ').trim();
  }

  /** The texts of the notifications on screen. */
  async notifications(): Promise<string[]> {
    return await this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** The document inside the webview of the visible editor. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .first()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Opens a file of the workspace by quick open. */
  async openFile(name: string): Promise<void> {
    await this.openPalette();
    await this.quickInput.fill(name);
    await this.quickRows.filter({ hasText: name }).first().click();
    await this.page.locator('.editor-instance .view-lines').first().waitFor();
  }

  /** Replaces `text` wherever it is in the open file, with the editor's own find and replace, and saves it. */
  async changeText(text: string, by: string): Promise<void> {
    const { keyboard } = this.page;
    await this.page.locator('.editor-instance .view-lines').first().click();
    await keyboard.press('ControlOrMeta+H');
    const widget = this.page.locator('.find-widget.visible');
    // The ways of Playwright's to fill and click would scroll the whole workbench towards the widget that slides in.
    for (const [name, value] of [
      ['Find', text],
      ['Replace', by],
    ] as const) {
      const box = widget.getByRole('textbox', { name });
      await box.evaluate((element: { focus(options: object): void }) =>
        element.focus({ preventScroll: true }),
      );
      await keyboard.press('ControlOrMeta+A');
      await keyboard.insertText(value);
    }
    await widget
      .locator('.matchesCount')
      .getByText(/of [1-9]/)
      .waitFor();
    await widget.getByRole('button', { name: /Replace All/ }).dispatchEvent('click');
    await keyboard.press('Escape');
    const unsaved = this.page.locator('.tab.active.dirty');
    await unsaved.waitFor();
    await keyboard.press('ControlOrMeta+S');
    await unsaved.waitFor({ state: 'detached' });
  }

  /** Waits until the visible terminal shows a line with `text`, and gives it. */
  async waitForTerminalLine(text: string, timeoutMs = 30_000): Promise<string> {
    const line = this.page
      .locator('.terminal-wrapper.active .xterm-rows > div')
      .filter({ hasText: text })
      .last();
    await line.waitFor({ timeout: timeoutMs });
    return (await line.innerText()).trim();
  }

  /** What VS Code tells the user now: notifications and modal dialogs. */
  async messages(): Promise<string[]> {
    const dialogs = await this.page.locator('.monaco-dialog-box .dialog-message-container').allInnerTexts();
    return [...(await this.notifications()), ...dialogs].map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Changes to the colour theme of this name, e.g. `Light Modern`. */
  async chooseTheme(name: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.pick(/Select Color Theme/, name);
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Saves what the window shows as a PNG. */
  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file });
  }
}

async function appears(element: Locator, withinMs: number): Promise<boolean> {
  return await element.waitFor({ timeout: withinMs }).then(
    () => true,
    () => false,
  );
}

async function disappears(element: Locator, withinMs: number): Promise<boolean> {
  return await element.waitFor({ state: 'hidden', timeout: withinMs }).then(
    () => true,
    () => false,
  );
}
