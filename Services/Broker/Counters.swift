/// What has happened since the start, for `/metrics`.
struct Counters {
    var failedLogins = 0
    var connections = 0
    var requests = 0
    var recordsIn = 0
    var bytesIn = 0
    var bytesOut = 0
    var flushes = 0
}
