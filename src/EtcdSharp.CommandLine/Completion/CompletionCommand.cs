namespace EtcdSharp.CommandLine.Completion;

/// <summary>The <c>completion</c> command, which prints what a shell needs to complete the program's command line.</summary>
public static class CompletionCommand
{
    private static readonly string[] s_shells = ["bash", "zsh", "fish", "powershell"];

    public static Command Create(string program, string? groupId = null) =>
        new("completion [bash|zsh|fish|powershell]", "Generate completion script")
        {
            GroupId = groupId,
            Description = HowTo(program),
            ValidArguments = s_shells,
            IsUsedWithoutFlags = true,
            CheckArguments = static (command, arguments) => Check(command, arguments),
            Run = context =>
            {
                context.Out.Write(ShellScripts.For(context.Arguments[0], program));
                return Task.FromResult(ExitCode.Success);
            },
        };

    private static string? Check(Command command, IReadOnlyList<string> arguments) =>
        arguments.Count != 1 ? $"accepts 1 arg(s), received {arguments.Count}"
        : Array.IndexOf(s_shells, arguments[0]) < 0 ? $"invalid argument \"{arguments[0]}\" for \"{command.Path}\""
        : null;

    private static string HowTo(string program) =>
        $$"""
            To load completions:

            Bash:

              $ source <({{program}} completion bash)

              # To load completions for each session, execute once:
              # Linux:
              $ {{program}} completion bash > /etc/bash_completion.d/{{program}}
              # macOS:
              $ {{program}} completion bash > /usr/local/etc/bash_completion.d/{{program}}

            Zsh:

              # If shell completion is not already enabled in your environment,
              # you will need to enable it.  You can execute the following once:

              $ echo "autoload -U compinit; compinit" >> ~/.zshrc

              # To load completions for each session, execute once:
              $ {{program}} completion zsh > "${fpath[1]}/_{{program}}"

              # You will need to start a new shell for this setup to take effect.

            fish:

              $ {{program}} completion fish | source

              # To load completions for each session, execute once:
              $ {{program}} completion fish > ~/.config/fish/completions/{{program}}.fish

            PowerShell:

              PS> {{program}} completion powershell | Out-String | Invoke-Expression

              # To load completions for every new session, run:
              PS> {{program}} completion powershell > {{program}}.ps1
              # and source this file from your PowerShell profile.

            """;
}
