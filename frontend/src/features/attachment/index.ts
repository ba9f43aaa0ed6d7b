export { Attached } from './attachment-list';
export { UploadTray } from './upload-tray';
export { namesOf, reference, type Uploads, useUploads } from './use-uploads';
