import assert from 'node:assert/strict';
import { type CoreLink, decodeLinkFormat, encodeLinkFormat } from '../../../../src/lwm2m/formats/link-format';

const decode = (text: string): readonly CoreLink[] => decodeLinkFormat(Buffer.from(text));
const link = (target: string, attributes: CoreLink['attributes'] = {}): CoreLink => ({ target, attributes });

describe('link format', () => {
  it('reads the example of a registration (LwM2M Core §6.2.1)', () => {
    assert.deepEqual(decode('</>;rt="oma.lwm2m";ct=110,</1/0>,</3/0>,</5>;ver=1.1,</33629>'), [
      link('/', { rt: 'oma.lwm2m', ct: '110' }),
      link('/1/0'),
      link('/3/0'),
      link('/5', { ver: '1.1' }),
      link('/33629'),
    ]);
  });

  it('reads spaces, line breaks, quoted commas, escapes and attributes without a value', () => {
    assert.deepEqual(
      decode(' </a> ; ver = "1,1;<x>" ;obs ;ct="110 112" ,\r\n\t</b>;title="a\\"b\\\\c";e=;q="" '),
      [
        link('/a', { ver: '1,1;<x>', obs: true, ct: '110 112' }),
        link('/b', { title: 'a"b\\c', e: '', q: '' }),
      ],
    );
  });

  it('takes the first of two attributes of one name, whatever the name', () => {
    const [found] = decode('</a>;ct=1;ct=2;__proto__=x');
    assert.equal(found?.attributes.ct, '1');
    assert.deepEqual(Object.entries(found?.attributes ?? {}), [
      ['ct', '1'],
      ['__proto__', 'x'],
    ]);
  });

  it('has no links in an empty payload', () => {
    assert.deepEqual(decode(''), []);
    assert.deepEqual(decode('  \n'), []);
  });

  it('writes what it reads', () => {
    const links = [
      link('/', { rt: 'oma.lwm2m', ct: '110 112' }),
      link('/3/0'),
      link('/x', { obs: true, t: 'a"\\' }),
    ];
    const text = Buffer.from(encodeLinkFormat(links)).toString();
    assert.equal(text, '</>;rt=oma.lwm2m;ct="110 112",</3/0>,</x>;obs;t="a\\"\\\\"');
    assert.deepEqual(decode(text), links);
  });

  for (const text of [
    'hello',
    '<',
    '</a',
    '</a>x',
    '</a>,',
    ',</a>',
    '</a>;',
    '</a>;=1',
    '</a>;t="x',
    '</a>;t="x\\',
    '</a></b>',
    '<a b>',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => decode(text), { code: 'lwm2m.malformed' });
    });
  }

  it('refuses what is not UTF-8', () => {
    assert.throws(() => decodeLinkFormat(Buffer.from([0x3c, 0xff, 0x3e])), { code: 'lwm2m.malformed' });
  });
});
