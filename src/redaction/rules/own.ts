import type { RuleData } from './rule.ts';

const token = (id: string, keywords: readonly string[], pattern: string, more: Partial<RuleData> = {}): RuleData =>
  ({ id, kind: 'token', keywords, pattern, ...more }) as RuleData;

/** A host, or something in its place: names, addresses, `${HOST}`. */
const AT_HOST = '(?=@[\\w.\\[$%{-])';

/** In JSON, also in JSON in JSON: a quote, and blanks. */
const QUOTE = '\\\\{0,16}"';
const BLANKS = '(?:\\s|\\\\{1,16}[nrt]){0,24}';
/** The value of a cookie that says who somebody is: none of words, and no UUID. */
const COOKIE = '([\\w%.~+/:*=-]{16,4096})';
const OF_COOKIE = `(?=[\\w%.~+/:*=-]{0,64}?\\d)(?![\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}(?!\\w))`;
/** A header, `document.cookie`, `curl -b`: somewhere before in the line. */
const IN_COOKIES = '(?<=(?:[Cc]ookie|COOKIE|[ \\t]-b[ \\t])[^\\n]{0,1000})';

/**
 * Rules beside gitleaks' own. The forms are those of secretlint 13 (MIT, `@secretlint/secretlint-rule-preset-recommend`) where it has a
 * rule for the service, and of the service's documentation otherwise.
 */
export const OWN_RULES: readonly RuleData[] = [
  // secretlint 13: every token of these services, of any length that they have had.
  token('github', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh[pousr]_[A-Za-z0-9]{36,255}'),
  token('github', ['ghs_'], 'ghs_[0-9]{1,20}_[\\w-]{1,1000}\\.[\\w-]{1,10000}\\.[\\w-]{1,1000}'),
  token('github', ['github_pat_'], 'github_pat_\\w{30,255}'),
  token('npm', ['npm_'], '\\bnpm_[A-Za-z0-9]{36}(?!\\w)'),
  token('npm', ['_authtoken', '_auth'], '_auth(?:Token)?["\']?[ \\t]*[=:][ \\t]*["\'\\n]?([A-Za-z0-9+/=_.~-]{16,})'),
  token(
    'slack',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxo-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-', 'xoxe-', 'xapp-'],
    '\\b(?:xox[bpaorscde]|xapp)-(?=[\\w%/+=-]{0,400}?\\d[A-Za-z%/+=-]{0,60}\\d)(?:\\d-)?(?:[a-zA-Z0-9%]{1,170}-){0,6}[a-zA-Z0-9%/+=]{8,400}',
  ),
  token('slack', ['hooks.slack.com'], 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,200}'),
  token(
    'openai',
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-none-'],
    'sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,250}',
  ),
  token('openai', ['t3blbkfj'], 'sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}', { before: 23 }),
  token('openai', ['sk-'], '\\bsk-(?=[A-Za-z]{0,31}[0-9])[A-Za-z0-9]{32,64}(?![\\w-])', { entropy: 3.4 }),
  token('anthropic', ['sk-ant-'], 'sk-ant-[a-z]{2,8}\\d{2}-[A-Za-z0-9_-]{20,255}'),
  token('groq', ['gsk_'], '\\bgsk_[a-zA-Z0-9]{40,64}(?!\\w)', { entropy: 3 }),
  token('huggingface', ['hf_'], '\\bhf_[a-zA-Z0-9]{34,40}(?!\\w)', { entropy: 3 }),
  token('cursor', ['key_'], '\\bkey_[0-9a-f]{64}(?!\\w)'),
  token('linear', ['lin_api_', 'lin_oauth_'], '\\blin_(?:api|oauth)_[a-zA-Z0-9_]{32,128}'),
  token('notion', ['ntn_'], '\\bntn_[0-9]{11}[A-Za-z0-9]{35}'),
  token('sendgrid', ['sg.'], '\\bSG\\.[\\w-]{16,32}\\.[\\w-]{32,64}'),
  token('shopify', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '\\bshp(?:at|ca|pa|ss)_[a-zA-Z0-9]{32,64}'),
  token('stripe', ['sk_test_', 'sk_live_', 'rk_test_', 'rk_live_'], '\\b[sr]k_(?:test|live)_[a-zA-Z0-9]{16,250}'),
  token(
    'gitlab',
    ['glpat-', 'gldt-', 'glptt-', 'glrt-', 'glcbt-', 'glsoat-', 'gloas-', 'glft-', 'glimt-', 'glagent-', 'glffct-'],
    '\\bgl(?:pat|dt|ptt|rt|cbt|soat|oas|ft|imt|agent|ffct)-[A-Za-z0-9_.-]{20,320}',
  ),
  token('grafana', ['glc_', 'glsa_'], '\\bgl(?:c|sa)_[A-Za-z0-9+/_]{32,400}={0,2}'),
  token('1password', ['ops_eyj'], 'ops_eyJ[A-Za-z0-9+/=_-]{100,4000}'),
  token('vault', ['hvs.', 'hvb.', 'hvr.'], '\\bhv[sbr]\\.[A-Za-z0-9_-]{24,320}', { entropy: 3.5 }),
  token('vercel', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], '\\bvc[piark]_[A-Za-z0-9]{20,60}(?!\\w)', { entropy: 3.3 }),
  token('databricks', ['dapi'], '\\bdapi[A-Fa-f0-9]{32}(?:-[0-9])?(?!\\w)'),
  token('docker', ['dckr_pat_', 'dckr_oat_'], '\\bdckr_[po]at_[a-zA-Z0-9_-]{27,80}'),
  token('figma', ['figd_', 'figu_', 'figo_', 'figor_'], '\\bfig(?:d|u|o|or)_[A-Za-z0-9_-]{40,200}'),
  token('cloudflare', ['cfk_', 'cfut_', 'cfat_'], '\\b(?:cfk|cfut|cfat)_[A-Za-z0-9]{40}[0-9a-f]{8}(?!\\w)'),
  token('tailscale', ['tskey-'], '\\btskey-[a-z]{2,20}-[0-9A-Za-z_]{8,40}(?:-[0-9A-Za-z_]{16,60})?'),
  token(
    'aws',
    ['akia', 'asia', 'abia', 'acca', 'aida', 'aroa', 'agpa', 'aipa', 'anpa', 'anva', 'a3t'],
    '\\b(?!AKIAIOSFODNN7EXAMPLE)(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?!\\w)',
  ),
  // 30 bytes in base64, so without padding: an `=` in it would be that of the assignment, whose operator may be absent.
  token(
    'aws',
    ['secret'],
    '(?:secret|SECRET|Secret)[ _-]?(?:access|ACCESS|Access)?[ _-]?(?:key|KEY|Key)(?:\\\\?["\']|\\])?\\s{0,3}(?:\\[[^\\]\\n]{0,24}\\])?\\s{0,3}(?:=>|:=|[:=,|])?\\s{0,3}\\\\?["\'`]?(?:[\\w.]{0,12}\\\\?["\']\\s?:\\s?\\\\?["\'])?((?!.{30}EXAMPLEKEY)[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])',
  ),
  // Connection strings and URLs with a password, of any scheme and driver.
  token('url-password', ['://'], `://[^\\s:@/'"\`<>\\\\]{0,256}:((?!//)[^\\s@/'"\`<>\\\\]{3,256})${AT_HOST}`),
  // By the services' documentation.
  token('google-oauth', ['gocspx-'], '\\bGOCSPX-[\\w-]{28}'),
  token('google-oauth', ['ya29.'], '\\bya29\\.[\\w-]{20,2048}'),
  token('google-oauth', ['1//0'], '\\b1//0[\\w-]{40,200}'),
  token(
    'azure-storage',
    ['accountkey=', 'sharedaccesskey='],
    '(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})',
  ),
  token('azure-sas', ['sig='], '[?&;]sig=([A-Za-z0-9+/%]{40,120}={0,2})', { before: 1, entropy: 3.5 }),
  token('azure-devops', ['azdo'], '\\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?!\\w)', { before: 76 }),
  token('azure-ad', ['q~'], '\\b[a-zA-Z0-9_~.]{3}\\dQ~[a-zA-Z0-9_~.-]{31,34}(?![\\w~-])', { before: 4, entropy: 3 }),
  token('openrouter', ['sk-or-'], 'sk-or-(?:v1-)?[a-zA-Z0-9]{48,80}'),
  token('xai', ['xai-'], '\\bxai-[A-Za-z0-9]{60,100}'),
  token('replicate', ['r8_'], '\\br8_[A-Za-z0-9]{37,40}(?!\\w)'),
  token('fireworks', ['fw_'], '\\bfw_[A-Za-z0-9]{22,40}(?!\\w)', { entropy: 3.5 }),
  token('cerebras', ['csk-'], '\\bcsk-[a-z0-9]{40,64}(?!\\w)'),
  token('perplexity', ['pplx-'], '\\bpplx-[A-Za-z0-9]{40,64}'),
  token('elevenlabs', ['sk_'], '\\bsk_[a-f0-9]{48}(?!\\w)'),
  token('langsmith', ['lsv2_'], '\\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}'),
  token('langfuse', ['sk-lf-'], '\\bsk-lf-[a-f0-9-]{36}'),
  token('pinecone', ['pcsk_'], '\\bpcsk_[A-Za-z0-9_]{40,90}'),
  token('tavily', ['tvly-'], '\\btvly-[A-Za-z0-9-]{20,64}', { entropy: 3 }),
  token('firecrawl', ['fc-'], '\\bfc-[a-f0-9]{32}(?![\\w-])'),
  token('e2b', ['e2b_'], '\\be2b_[a-f0-9]{40}'),
  token('discord', ['discord'], 'discord(?:app)?\\.com/api/webhooks/\\d{15,22}/[\\w-]{60,80}'),
  token('telegram', [':aa'], '\\b\\d{8,10}:AA[\\w-]{32,35}(?![\\w-])', { before: 10 }),
  token('stripe-webhook', ['whsec_'], '\\bwhsec_[A-Za-z0-9+/]{24,100}={0,2}', { entropy: 3 }),
  token('paypal', ['access_token$'], 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}'),
  token('square', ['sq0csp-', 'sq0atp-', 'sq0idp-'], '\\bsq0[a-z]{3}-[\\w-]{22,43}'),
  token('mailgun', ['key-'], '\\bkey-[a-f0-9]{32}(?!\\w)'),
  token('mailchimp', ['-us'], '\\b[a-f0-9]{32}-us\\d{1,2}(?!\\w)', { before: 32 }),
  token('resend', ['re_'], '\\bre_[A-Za-z0-9]{7,9}_[A-Za-z0-9]{22,26}(?!\\w)', { entropy: 3.5 }),
  token('notion', ['secret_'], '\\bsecret_[A-Za-z0-9]{43}(?!\\w)', { entropy: 3.5 }),
  token('asana', ['0/1', '1/1', '2/1'], '\\b[0-2]/\\d{15,17}:[a-f0-9]{32}(?!\\w)'),
  token('atlassian', ['atatt3', 'atctt3', 'atbb'], '\\b(?:AT[AC]TT3[\\w=.-]{40,400}|ATBB[A-Za-z0-9]{28,36})'),
  token('clickup', ['pk_'], '\\bpk_\\d{5,10}_[A-Z0-9]{32}(?!\\w)'),
  token('netlify', ['nfp_', 'nfc_', 'nfo_', 'nfb_'], '\\bnf[pcob]_[A-Za-z0-9]{36,60}'),
  token('render', ['rnd_'], '\\brnd_[A-Za-z0-9]{28,40}(?!\\w)', { entropy: 3.5 }),
  token('supabase', ['sbp_', 'sb_secret_'], '\\b(?:sbp_(?:oauth_)?[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,64})'),
  token('neon', ['napi_'], '\\bnapi_[a-z0-9]{40,80}'),
  token('doppler', ['dp.'], '\\bdp\\.(?:pt|st|sa|ct|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}(?!\\w)'),
  token('infisical', ['st.'], '\\bst\\.[a-f0-9-]{24,36}\\.[a-f0-9]{32}\\.[a-f0-9]{32}'),
  token('newrelic', ['nrak-', 'nrii-', 'nrjs-'], '\\bNR(?:AK|II|JS)-[A-Za-z0-9-]{19,40}'),
  token('posthog', ['phx_', 'phs_'], '\\bph[xs]_[A-Za-z0-9]{40,60}'),
  token('honeycomb', ['hcaik_', 'hcamk_', 'hcxik_'], '\\bhc(?:aik|amk|xik)_[a-z0-9]{50,64}'),
  token('crates', ['cio'], '\\bcio[A-Za-z0-9]{32}(?!\\w)', { entropy: 4 }),
  token('nuget', ['oy2'], '\\boy2[a-z0-9]{43}(?!\\w)'),
  token('pypi', ['pypi-age'], '\\bpypi-AgE[A-Za-z0-9_-]{50,1000}'),
  token('hashicorp', ['atlasv1'], '\\b[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,70}', { before: 15 }),
  token('planetscale', ['pscale_'], '\\bpscale_(?:tkn|pw|oauth)_[\\w=.-]{32,64}'),
  token('expo', ['expo_'], '\\bEXPO_[A-Za-z0-9]{30,44}(?!\\w)', { entropy: 3.5 }),
  token('sentry', ['sntrys_', 'sntryu_'], '\\bsntry[su]_[A-Za-z0-9+/=_]{40,500}'),
  token('buildkite', ['bkua_', 'bkct_'], '\\bbk(?:ua|ct)_[a-zA-Z0-9]{32,48}'),
  token('circleci', ['ccipat_'], '\\bCCIPAT_[A-Za-z0-9_]{30,100}'),
  token('rubygems', ['rubygems_'], '\\brubygems_[a-f0-9]{48}'),
  token('webhook', ['webhook.office.com'], 'webhook\\.office\\.com/webhookb2/[\\w@/-]{80,300}'),
  token('typeform', ['tfp_'], '\\btfp_[\\w.=-]{40,70}'),
  // Tokens and passwords by where they stand.
  token('jwt', ['eyj'], '\\beyJ[\\w=-]{10,}\\.(?:eyJ|[\\w-]{16})[\\w=-]{8,}\\.[\\w-]{16,}(?:\\.[\\w-]{10,}){0,2}'),
  token(
    'authorization',
    ['bearer ', 'bearer%20'],
    '\\b[Bb](?:earer|EARER)(?:%20|[ \\t]{1,3})([\\w~+/.-]{16,2048}={0,2})',
    { entropy: 3.3 },
  ),
  token(
    'authorization',
    ['basic '],
    '\\b[Bb](?:asic|ASIC)[ \\t]{1,3}((?=[A-Za-z+/]*[0-9A-Z])[A-Za-z0-9+/]{11,1024}={0,2})(?![\\w.-])',
    { entropy: 3 },
  ),
  token(
    'curl-user',
    ['curl '],
    '\\bcurl [^\\n]{0,400}?(?:-u|--user|--proxy-user)(?:=|[ \\t]{0,5})["\']?[^\\s:"\'$]{1,64}:([^\\s"\'$<>{}]{6,128})',
  ),
  token('curl-user', ['-u ', '--user '], '(?:-u|--user)[ \\t]{1,4}["\']?[\\w.@-]{1,64}:([^\\s"\'<>{}\\\\[]{6,128})', {
    entropy: 2.5,
  }),
  token(
    'authorization',
    ['authorization'],
    '[Aa]uthorization\\\\{0,16}["\']?:[ \\t]{0,5}\\\\{0,16}["\']?(?:[A-Za-z-]{2,16}[ \\t])?((?=[^\\s"\']*\\d)[\\w=~@.+/-]{16,2048})',
    { entropy: 3 },
  ),
  // What frameworks generate, behind the names that they give it. In JSON, quotes have backslashes before them.
  token('laravel', ['app_key'], 'APP_KEY[ \\t]*[=:][ \\t]*\\\\{0,16}["\']?(base64:[A-Za-z0-9+/]{43}=)'),
  token('django', ['django-insecure-'], 'django-insecure-[a-z0-9!@#$%^&*(_=+)-]{50}'),
  token(
    'django',
    ['secret_key'],
    'SECRET_KEY\\\\{0,16}["\']?[ \\t]*[=:][ \\t]*\\\\{0,16}["\']?([a-z0-9!@#$%^&*(_=+)-]{50})(?![a-z0-9!@#$%^&*(_=+)-])',
    { entropy: 4 },
  ),
  token(
    'azure-devops',
    ['azure_devops_ext_pat'],
    'AZURE_DEVOPS_EXT_PAT[ \\t]*[=:][ \\t]*\\\\{0,16}["\']?([A-Za-z0-9]{52,84})',
  ),
  token('jwk', ['"kty'], '"kty\\\\{0,16}"[^{}]{0,2000}?"d\\\\{0,16}"[ \\t]*:[ \\t]*\\\\{0,16}"([\\w-]{40,700})'),
  token('jwk', ['"kty'], '"d\\\\{0,16}"[ \\t]*:[ \\t]*\\\\{0,16}"([\\w-]{40,700})\\\\{0,16}"[^{}]{0,200}?"kty', {
    before: 300,
  }),
  token('sourcegraph', ['sgp_'], '\\bsgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}'),
  token('facebook', ['facebook'], 'facebook[\\w "\':=-]{0,30}?(\\d{15,16}(?:\\||%7[Cc])[\\w-]{27,40})'),
  token('sshpass', ['sshpass'], '\\bsshpass\\s+-p\\s*["\']?([^\\s"\'$<>{}]{6,128})'),
  token(
    'mysql-password',
    ['mysql', 'mariadb'],
    '\\b(?:mysql|mysqldump|mariadb)(?:\\s+-[^\\s]+(?:\\s+[\\w.-]+)?){0,6}\\s+-p([^\\s"\'$<>{}]{6,128})',
    { entropy: 2.8 },
  ),
  token('netrc', ['machine '], '\\bmachine\\s+\\S+\\s+login\\s+\\S+\\s+password\\s+([^\\s"\'\\\\]{6,256})'),
  token(
    'password-hash',
    ['$2a$', '$2b$', '$2y$', '$5$', '$6$', '$y$', '$apr1$', '$argon2'],
    '\\$(?:2[aby]\\$\\d\\d\\$[A-Za-z0-9./]{53}|[56]\\$(?:rounds=\\d+\\$)?[A-Za-z0-9./]{1,16}\\$[A-Za-z0-9./]{43,86}|y\\$[A-Za-z0-9./]{2,16}\\$[A-Za-z0-9./]{8,86}\\$[A-Za-z0-9./]{43}|apr1\\$[A-Za-z0-9./]{1,8}\\$[A-Za-z0-9./]{22}|argon2(?:i|d|id)\\$v=\\d+\\$m=\\d+,t=\\d+,p=\\d+\\$[A-Za-z0-9+/]{8,64}\\$[A-Za-z0-9+/]{22,86})',
  ),
  token(
    'sql-password',
    ['identified by', "password '"],
    "(?:[Ii][Dd][Ee][Nn][Tt][Ii][Ff][Ii][Ee][Dd] [Bb][Yy]|[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]) '([^'\\n\\\\]{8,128})'",
    { entropy: 2.8 },
  ),
  token(
    'add-key',
    ['<add key='],
    '<add key=\\\\{0,16}"[^"\\\\]{0,64}(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Kk]ey)\\\\{0,16}"\\s{1,4}value=\\\\{0,16}"([^"\\\\]{8,256})',
  ),
  token(
    'cookie',
    ['sess', 'sid=', 'auth=', 'remember_', 'logged_in_', 'li_at=', 'cf_clearance=', '.identity.'],
    `[\\w.-]{0,64}(?:=${OF_COOKIE}${IN_COOKIES}|${QUOTE},${BLANKS}${QUOTE}value${QUOTE}:${BLANKS}${QUOTE}${OF_COOKIE})${COOKIE}`,
    { entropy: 3 },
  ),
  // By BIP 39: 12, 15, 18, 21 or 24 words of three to eight letters. The words that nearly every sentence has are not among its 2048.
  token(
    'seed-phrase',
    ['mnemonic', 'seed phrase', 'seed_phrase', 'recovery phrase', 'recovery_phrase'],
    `[A-Za-z]{4,8}(?:[ _][A-Za-z]{6})?\\w{0,16}[*"'\`\\\\]{0,18}${BLANKS}(?:[:=]|is)${BLANKS}[*"'\`\\\\]{0,18}(?!(?:[a-z]+ ){0,23}(?:the|and|for|are|with|your|from|not|was|its)\\b)((?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8})(?! ?[A-Za-z])`,
    { allow: ['^(?:test|abandon) '] },
  ),
  token('otpauth', ['otpauth://'], 'otpauth://[^\\s"\']{0,200}?secret=([A-Z2-7]{16,64})'),
  token('putty-key', ['private-lines:'], 'Private-Lines: \\d+\\s+([A-Za-z0-9+/=\\s]{40,8000})'),
];
