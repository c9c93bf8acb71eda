namespace EtcdSharp.CommandLine.Completion;

/// <summary>
/// Scripts that make a shell ask the program itself. The answer is a line per candidate, with its meaning behind a
/// tab, and a last line with a colon and the number of a <see cref="CompletionDirective"/>.
/// </summary>
internal static class ShellScripts
{
    public static string For(string shell, string program) =>
        (
            shell switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                "powershell" => PowerShell,
                _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "no script for this shell"),
            }
        ).Replace("PROGRAM", program, StringComparison.Ordinal);

    // Bash takes what follows an equals sign or a colon for a word of its own; so the words are taken from the line,
    // and of a candidate only what follows the last break is given back.
    private const string Bash = """
        # bash completion for PROGRAM

        _PROGRAM_complete() {
            local line="${COMP_LINE:0:COMP_POINT}" words answer directive candidate current kept
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            current="${words[${#words[@]}-1]}"
            kept=""
            if [[ $current == --*=* ]]; then
                kept="${current%%=*}="
            fi

            COMPREPLY=()
            mapfile -t answer < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
            ((${#answer[@]})) || return
            directive="${answer[${#answer[@]}-1]#:}"
            unset "answer[${#answer[@]}-1]"
            for candidate in "${answer[@]}"; do
                candidate="${candidate%%$'\t'*}"
                [[ $kept$candidate == "$current"* ]] && COMPREPLY+=("$candidate")
            done

            ((${#COMPREPLY[@]})) && return
            case "$directive" in
                0) compopt -o default ;;
                16) compopt -o dirnames ;;
            esac
        }

        complete -F _PROGRAM_complete PROGRAM

        """;

    private const string Zsh = """
        #compdef PROGRAM

        _PROGRAM() {
            local -a answer candidates
            local directive line name
            answer=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            directive="${answer[-1]#:}"
            answer=("${(@)answer[1,-2]}")
            [[ ${words[CURRENT]} == --*=* ]] && compset -P 1 '*='
            for line in "${answer[@]}"; do
                [[ -n $line ]] || continue
                name="${line%%$'\t'*}"
                name="${name//:/\\:}"
                if [[ $line == *$'\t'* ]]; then
                    candidates+=("$name:${line#*$'\t'}")
                else
                    candidates+=("$name")
                fi
            done

            if ((${#candidates})); then
                _describe -V 'PROGRAM' candidates
            elif [[ $directive == 16 ]]; then
                _files -/
            elif [[ $directive == 0 ]]; then
                _files
            fi
        }

        if [[ ${funcstack[1]} == _PROGRAM ]]; then
            _PROGRAM "$@"
        else
            compdef _PROGRAM PROGRAM
        fi

        """;

    private const string Fish = """
        # fish completion for PROGRAM

        function __PROGRAM_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l current $words[-1]
            set -l answer ($words[1] __complete $words[2..-1] 2>/dev/null)
            set -q answer[1]; or return
            set -l directive (string replace ':' '' -- $answer[-1])
            set -e answer[-1]
            if set -q answer[1]
                if string match -q -- '--*=*' $current
                    set -l kept (string replace -r '=.*' '=' -- $current)
                    printf "$kept%s\n" $answer
                else
                    printf '%s\n' $answer
                end
            else if test "$directive" = 16
                __fish_complete_directories (string replace -r '^--[^=]*=' '' -- $current)
            else if test "$directive" = 0
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- $current)
            end
        end

        complete -c PROGRAM -e
        complete -c PROGRAM -f -k -a '(__PROGRAM_complete)'

        """;

    private const string PowerShell = """
        # PowerShell completion for PROGRAM

        Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)

            $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
                Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" })
            if ($wordToComplete -eq '') {
                $words += ''
            }

            $kept = if ($wordToComplete -match '^(--[^=]+=)') { $Matches[1] } else { '' }
            & $commandAst.CommandElements[0].Value __complete @words 2>$null |
                Where-Object { $_ -notmatch '^:\d+$' } |
                ForEach-Object {
                    $name, $meaning = $_ -split "`t", 2
                    $word = $kept + $name
                    if ($word.StartsWith($wordToComplete)) {
                        if (-not $meaning) { $meaning = $name }
                        [System.Management.Automation.CompletionResult]::new($word, $name, 'ParameterValue', $meaning)
                    }
                }
        }

        """;
}
