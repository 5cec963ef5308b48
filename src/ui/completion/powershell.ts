import {
  anyCommand,
  type CommandWords,
  families,
  ID_REFS,
  longFlags,
  nextWords,
  type Value,
  valueFlags,
} from './command-words.ts';

/**
 * A script that lets PowerShell complete ckpt, on Windows and elsewhere. Where it offers nothing, PowerShell itself offers files. What it
 * says of a value other than words begins with a colon, which no word does.
 */
export function powershellCompletion(commands: readonly CommandWords[]): string {
  const all = [...commands, ...anyCommand(commands)];
  const named = [...families(commands), ...commands.map(({ name }) => name)];
  return `# PowerShell completion for ckpt. In $PROFILE: ckpt completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'ckpt' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $quotes = [char[]]@([char]34, [char]39)
  $command = ''
  $dir = '.'
  $before = ''
  foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $isText = $element -is [System.Management.Automation.Language.StringConstantExpressionAst]
    $word = if ($isText) { $element.Value } else { $element.ToString().Trim($quotes) }
    $last = $before
    $before = $word
    if ($last -cin @('-C', '--repo')) { $dir = $word; continue }
    if ($word -cmatch '^--repo=(.*)$') { $dir = $Matches[1].Trim($quotes); continue }
    if ($last -cin ${list(valueFlags(commands))}) { continue }
    if ($word.StartsWith('-')) { continue }
    $name = "$command $word".Trim()
    if ($name -cin ${list(named)}) { $command = $name }
  }
  if ($dir -match '^~([\\/]|$)') { $dir = "$HOME$($dir.Substring(1))" }
  $typed = $wordToComplete.Trim($quotes)
  $prefix = ''
  if ($typed -cmatch '^(--[^=]+)=(.*)$') {
    $before = $Matches[1]
    $prefix = "$before="
    $typed = $Matches[2].Trim($quotes)
  }
  $offer = @(switch -CaseSensitive ("$command $before") {
${all.flatMap(valueCases).join('\n')}
  })
  if ($offer.Count -eq 0) {
    $kind = if ($typed.StartsWith('-')) { 'flags of' } else { 'after' }
    $offer = @(switch -CaseSensitive ("$kind $command") {
${all.map((command) => switchCase(`flags of ${command.name}`, longFlags(command))).join('\n')}
${['', ...families(commands)].map((name) => switchCase(`after ${name}`, [...nextWords(commands, name).keys()])).join('\n')}
${commands.flatMap(argumentCase).join('\n')}
    })
  }
  if ($offer -ccontains ':folder') {
    $parent = if ($typed -match '[\\\\/]') { $typed -replace '[^\\\\/]*$', '' } else { '' }
    $offer = @(Get-ChildItem -Directory -Path "$typed*" -ErrorAction SilentlyContinue | ForEach-Object { "$parent$($_.Name)" })
  } elseif ($offer -ccontains ':checkpoint') {
    $refs = ${list(ID_REFS.trees)}
    $refs += @(git -C $dir for-each-ref '--format=%(refname)' '${ID_REFS.ofRemotes}' 2>$null)
    $ids = @(foreach ($ref in $refs) {
      $shards = @(git -C $dir ls-tree -d --name-only $ref 2>$null |
        Where-Object { $_ -cmatch '^([0-9a-f]{2}|[0-7][0-9A-HJKMNP-TV-Z])$' } | ForEach-Object { "$_/" })
      if ($shards.Count -gt 0) { git -C $dir ls-tree --name-only $ref @shards 2>$null | ForEach-Object { $_.Replace('/', '') } }
    })
    $ids += @(git -C $dir for-each-ref '--format=%(refname)' '${ID_REFS.each}' 2>$null |
      ForEach-Object { $_ -creplace '^${ID_REFS.each}../', '' })
    $offer = @($ids | Where-Object { $_ -cmatch '^([0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$' } | Sort-Object -Unique)
  }
  $offer | Where-Object { $_ -and -not $_.StartsWith(':') -and $_.StartsWith($typed) } | ForEach-Object {
    $text = "$prefix$_"
    if ($text -match '[^w./\\:=~+-]') { $text = "'$($text.Replace("'", "''"))'" }
    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
  }
}
`;
}

function valueCases({ name, flags }: CommandWords): string[] {
  return flags.flatMap(({ names, value }) =>
    value === undefined ? [] : names.map((flag) => switchCase(`${name} ${flag}`, value)),
  );
}

function argumentCase({ name, argument }: CommandWords): string[] {
  return argument === undefined ? [] : [switchCase(`after ${name}`, argument)];
}

function switchCase(name: string, value: Value): string {
  return `    ${quote(name)} { ${list(typeof value === 'string' ? [`:${value}`] : value)} }`;
}

function list(words: readonly string[]): string {
  return `@(${words.map(quote).join(', ')})`;
}

/** A text in single quotes, as PowerShell reads them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
