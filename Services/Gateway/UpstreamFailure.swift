import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix

/// Why a service has given no answer.
enum UpstreamFailure {
    /// There was no connection, so nothing of the request was sent.
    case notSent
    /// The connection broke; the service may have carried out the request.
    case broken
    case late
    /// The client no longer waits.
    case cancelled
    case other

    init(_ error: any Error) {
        self =
            switch error {
            case is NIOConnectionError: .notSent
            case let error as HTTPClientError where error == .connectTimeout: .notSent
            case let error as HTTPClientError where error == .remoteConnectionClosed: .broken
            case let error as HTTPClientError
            where error == .deadlineExceeded || error == .readTimeout || error == .getConnectionFromPoolTimeout: .late
            // An address instead of a name has an error of its own.
            case let error as IOError where Self.noConnection.contains(error.errnoCode): .notSent
            case is IOError: .broken
            case is CancellationError: .cancelled
            case let error as HTTPClientError where error == .cancelled: .cancelled
            default: .other
            }
    }

    private static let noConnection = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH]

    /// Whether the request can be sent again without being carried out twice.
    func allowsRetry(of method: HTTPRequest.Method) -> Bool {
        switch self {
        case .notSent: true
        case .broken: method == .get || method == .head
        case .late, .cancelled, .other: false
        }
    }
}
