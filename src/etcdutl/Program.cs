using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdutl;

var streams = ProgramStreams.OfProcess();
LastResort.Guard("etcdutl", streams);
return await EtcdutlProgram.Create().RunAsync(args, streams);
