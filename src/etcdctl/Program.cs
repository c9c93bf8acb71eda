using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdctl;

var streams = ProgramStreams.OfProcess();
LastResort.Guard("etcdctl", streams);
return await CommandTree.Create().RunAsync(ArgumentText.Of(args), streams);
