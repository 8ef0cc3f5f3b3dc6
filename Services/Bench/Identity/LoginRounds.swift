import CryptoExtras
import Foundation
import LocalFleet

/// Logins, beside what they can't be faster than: the hash of a password, on all cores.
struct LoginRounds: Sendable {
    let site: APISite
    let wrk: Wrk

    func run(_ rounds: Int, _ seconds: Int) async throws {
        let login = Requests(
            method: "POST",
            path: #""/api/v1/auth/login""#,
            body: """
                '{"email":"bench' .. any(\(APISite.users)) .. '@example.com","password":"\(Credentials.administrator.password)"}'
                """
        )
        var (hashes, logins): ([Double], [Wrk.Result]) = ([], [])
        for round in 1...rounds {
            say("  round \(round): logins")
            hashes.append(await Self.hashes(for: .seconds(seconds)))
            let base = "http://127.0.0.1:\(site.stack.port("auth"))"
            logins.append(try await wrk.run(login, at: base, connections: 8, seconds: seconds))
        }
        let (hash, login_) = (hashes.median, logins.map(\.perSecond).median)
        say("\n### Logins\n\n| | per second (median) | slowest to fastest |\n|---|---:|---:|")
        say("| the hash alone (scrypt, 2^15 rounds, 32 MB), a thread for each core | \(hash.short) | \(hashes.range) |")
        say("| logins, 8 connections | \(login_.short) | \(logins.map(\.perSecond).range) |")
        say(
            "\n* a login at the rate of \((login_ / hash).short) of the hash alone; errors: \(logins.map(\.errors).reduce(0, +))"
        )
        let times = logins.map { [$0.p50, $0.p99].map { Int($0 / .milliseconds(1)) } }
        say("* p50 \(times.map { $0[0] }.median) ms, p99 \(times.map { $0[1] }.median) ms with 8 connections")
    }

    /// As auth hashes them.
    private static func hashes(for time: Duration) async -> Double {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let (start, end) = (ContinuousClock.now, ContinuousClock.now + time)
        let count = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<cores {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            var count = 0
                            while ContinuousClock.now < end {
                                let key = try? KDF.Scrypt.deriveKey(
                                    from: Data("correct horse battery".utf8),
                                    salt: Data(count: 16),
                                    outputByteCount: 32,
                                    rounds: 1 << 15,
                                    blockSize: 8,
                                    parallelism: 1
                                )
                                if key != nil { count += 1 }
                            }
                            continuation.resume(returning: count)
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
