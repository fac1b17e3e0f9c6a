/** Where a link may lead. */
const PROTOCOLS = ['http:', 'https:', 'mailto:'];
/** What browsers drop or rewrite inside an address, so that it is not what it looks like. */
const DECEIVING = /[\u0000-\u0020\u007f\\]/;
/** A picture of this site. */
const PICTURE = /^\/(?!\/)[\w./-]+\.(?:svg|png|webp|avif|jpg)$/;

/** What is wrong with a link's address, or undefined: only the web, mail, this site and this page. */
export function linkComplaint(url: string): string | undefined {
  const protocol = /^[^/?#]*?:/.exec(url)?.[0].toLowerCase();
  if (DECEIVING.test(url)) return `链接地址里不能有空白、反斜杠和控制字符：${JSON.stringify(url)}`;
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    return `链接不能用 ${protocol}，可以用 ${PROTOCOLS.join('、')}、# 开头或相对地址`;
  }
  if (url.startsWith('//')) return '链接不能以 // 开头：写全 https://…';
  if (url === '') return '链接没有地址';
  return undefined;
}

/** What is wrong with a picture, or undefined: only files of this site's public folder, with a description. */
export function pictureComplaint(url: string, alt: string | null | undefined): string | undefined {
  if (!PICTURE.test(url) || url.includes('..')) {
    return '图片只能来自 public 目录，地址以 / 开头，例如 /pictures/packet.svg；示意图用 <Figure name="…" />';
  }
  return alt ? undefined : '图片要有说明文字：![说明](地址)';
}
