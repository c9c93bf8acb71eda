using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl;

return await CommandTree.Create().RunAsync(ArgumentText.Of(args), ProgramStreams.OfProcess());
