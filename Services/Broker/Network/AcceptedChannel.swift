import NIOCore
import Synchronization

/// A client's channel between its acceptance and its end.
///
/// A listener that closes drops the channels that it has accepted and that nobody serves yet. NIO ends the whole process when
/// a channel is released that way (apple/swift-nio#2813), so `deinit` closes it.
final class AcceptedChannel<Inbound: Sendable, Outbound: Sendable>: Sendable {
    private let asyncChannel: NIOAsyncChannel<Inbound, Outbound>
    private let isServed = Atomic(false)

    /// To be called on the channel's event loop.
    init(_ channel: any Channel, _ configuration: NIOAsyncChannel<Inbound, Outbound>.Configuration = .init()) throws {
        asyncChannel = try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: configuration)
    }

    /// Returns the channel to the code that serves it, by `executeThenClose`.
    func channelToServe() -> NIOAsyncChannel<Inbound, Outbound> {
        isServed.store(true, ordering: .relaxed)
        return asyncChannel
    }

    deinit {
        guard !isServed.load(ordering: .relaxed) else { return }
        Task { [asyncChannel] in try? await asyncChannel.executeThenClose { _, _ in } }
    }
}
