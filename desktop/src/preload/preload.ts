import { contextBridge, ipcRenderer } from 'electron';
import { exposedBridge } from './exposed-bridge.ts';

contextBridge.exposeInMainWorld('catalystBridge', exposedBridge(ipcRenderer));
