// Which app's own browser a page is shown in. Many of them keep positions to themselves.

const APPS = [
  ["wecom", /wxwork/iu], // names MicroMessenger too, so it comes first
  ["wechat", /MicroMessenger/iu],
  ["alipay", /AlipayClient/iu],
  ["dingtalk", /DingTalk/iu],
  ["feishu", /Lark\/|Feishu/iu],
  ["qq", /\bQQ\/[\d.]+/iu], // the messenger; its browser is MQQBrowser
  ["weibo", /Weibo/iu],
  ["douyin", /aweme|BytedanceWebview|NewsArticle/iu],
  ["baidu", /baiduboxapp/iu],
];

/** The app's code (its name is the message `app_<code>`), or null in a browser of its own. */
export function appAround(userAgent) {
  return APPS.find(([, sign]) => sign.test(userAgent))?.[0] ?? null;
}
