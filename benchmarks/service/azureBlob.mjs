/** Block blobs of Azure Storage: blocks, then their list. */
export function azureBlob() {
  const headers = {
    ETag: '"1"',
    "Last-Modified": new Date().toUTCString(),
    "x-ms-request-id": "1",
    "x-ms-version": "2024-11-04",
    "x-ms-request-server-encrypted": "true",
  };
  return { status: 201, headers };
}
